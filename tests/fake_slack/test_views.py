import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


async def test_a_home_is_replaced_only_with_the_hash_that_it_has(slack: FakeSlack, client: AsyncWebClient) -> None:
    first = (await client.views_publish(user_id="U1", view=HOME))["view"]
    second = (await client.views_publish(user_id="U1", view=HOME, hash=first["hash"]))["view"]
    assert first["id"] == second["id"] == slack.workspace.homes["U1"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_publish(user_id="U1", view=HOME, hash=first["hash"])


async def test_a_view_keeps_slacks_limits(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_publish(user_id="U1", view=HOME | {"blocks": [{"type": "divider"}] * 101})
    with pytest.raises(SlackApiError, match="view_too_large"):
        await client.views_publish(user_id="U1", view=HOME | {"private_metadata": "x" * 250_001})
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id="V9", view=HOME)
