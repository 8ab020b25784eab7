"""Installing with the SDK's client that is not async: the other one uses what aiohttp deprecates."""

from collections.abc import Iterator

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fake_slack import FakeSlack
from tests.fake_slack.background import Running, in_thread
from tests.fake_slack.oauth import CLIENT_ID, CLIENT_SECRET


@pytest.fixture
def running() -> Iterator[Running]:
    with in_thread(FakeSlack()) as started:
        yield started


def test_a_code_is_good_once_and_its_token_lasts_twelve_hours(running: Running) -> None:
    slack = running.slack
    nobody = WebClient(base_url=slack.base_url)
    page = f"{slack.workspace.url}/oauth/v2/authorize?redirect_uri=http://app.invalid/back&state=s1"
    address = httpx.get(page, trust_env=False).headers["Location"]
    code = address.partition("code=")[2].partition("&")[0]
    assert address == f"http://app.invalid/back?code={code}&state=s1"
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        nobody.oauth_v2_access(client_id=CLIENT_ID, client_secret="wrong", code=code)
    given = nobody.oauth_v2_access(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, code=code)
    with pytest.raises(SlackApiError, match="code_already_used"):
        nobody.oauth_v2_access(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, code=code)
    client = WebClient(given["access_token"], base_url=slack.base_url)
    assert client.auth_test()["expires_in"] == 43_200
    running.run(slack.advance(43_200))
    with pytest.raises(SlackApiError, match="token_expired"):
        client.auth_test()


def test_a_refresh_token_is_good_once(running: Running) -> None:
    running.slack.workspace.installs.refresh.add("xoxe-1-first")
    nobody = WebClient(base_url=running.slack.base_url)
    secret = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "refresh_token"}
    given = nobody.oauth_v2_access(**secret, refresh_token="xoxe-1-first")
    WebClient(given["access_token"], base_url=running.slack.base_url).auth_test()
    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        nobody.oauth_v2_access(**secret, refresh_token="xoxe-1-first")
