import pytest
from aiohttp import ClientSession, web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


async def fetched(url: str, token: str = "xoxb-fake", **headers: str) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} | headers
    async with ClientSession(headers=headers) as session, session.get(url) as response:
        return response.status, response.content_type, await response.read()


async def test_a_shared_file_can_be_described_and_fetched(slack: FakeSlack, client: AsyncWebClient) -> None:
    file_id = slack.as_user("U1").upload("C1", "rules.txt", b"Be kind.", "The rules")
    event = slack.workspace.outbox.sent[0]["event"]
    assert (event["subtype"], event["files"][0]["id"]) == ("file_share", file_id)
    assert slack.workspace.outbox.sent[1]["event"]["type"] == "file_shared"
    file = (await client.files_info(file=file_id))["file"]
    assert (file["channels"], file["mimetype"], file["size"]) == (["C1"], "text/plain", 8)
    assert await fetched(file["url_private"]) == (200, "text/plain", b"Be kind.")
    assert await fetched(file["url_private_download"], Range="bytes=3-6") == (206, "text/plain", b"kind")


async def test_without_the_right_a_login_page_comes_and_looks_like_success(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    file_id = slack.as_user("U1").upload("C1", "rules.txt", b"Be kind.")
    url = (await client.files_info(file=file_id))["file"]["url_private"]
    assert (await fetched(url, token="xoxb-other"))[:2] == (200, "text/html")
    slack.admin.remove_scope("files:read")
    assert (await fetched(url))[:2] == (200, "text/html")


async def test_a_download_can_be_mangled(slack: FakeSlack, client: AsyncWebClient) -> None:
    file_id = slack.as_user("U1").upload("C1", "rules.txt", b"Be kind.")
    url = (await client.files_info(file=file_id))["file"]["url_private"]
    slack.files.mangle = lambda file: web.Response(body=file.content[:2], content_type=file.mimetype)
    assert (await fetched(url))[2] == b"Be"


async def test_a_file_of_a_channel_without_the_bot_is_not_shown(slack: FakeSlack, client: AsyncWebClient) -> None:
    file_id = slack.as_user("U1").upload("C2", "secret.txt", b"x")
    slack.admin.kick_bot("C2")
    with pytest.raises(SlackApiError, match="not_visible"):
        await client.files_info(file=file_id)


async def test_a_deleted_file_takes_its_bare_message_along_and_leaves_a_mark_in_others(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    person = slack.as_user("U1")
    bare, described = person.upload("C1", "a.txt", b"a"), person.upload("C1", "b.txt", b"b", "Look:")
    url = (await client.files_info(file=described))["file"]["url_private"]
    person.delete_file(bare)
    person.delete_file(described)
    (left,) = slack.workspace.channels["C1"].messages.values()
    assert (left["text"], left["files"][0]["mode"]) == ("Look:", "tombstone")
    assert (await fetched(url))[0] == 404
    with pytest.raises(SlackApiError, match="file_deleted"):
        await client.files_info(file=bare)


async def test_the_sdk_uploads_in_three_steps(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.files_upload_v2(channel="C1", filename="notes.txt", content="Some notes", title="Notes")
    (file,) = slack.workspace.files.values()
    assert (file.content, file.title, list(file.shares)) == (b"Some notes", "Notes", ["C1"])
    listed = await client.files_list(channel="C1")
    assert ([one["title"] for one in listed["files"]], listed["paging"]["total"]) == (["Notes"], 1)
