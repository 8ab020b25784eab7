from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


async def test_the_bot_sees_public_channels_and_private_ones_that_it_is_in(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.admin.kick_bot("C2")
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [(channel["id"], channel["is_member"]) for channel in listed["channels"]] == [("C1", True), ("C3", False)]
    slack.admin.invite_bot("C2")
    joined = await client.users_conversations(types="public_channel,private_channel")
    assert [channel["id"] for channel in joined["channels"]] == ["C1", "C2"]
    with pytest.raises(SlackApiError, match="invalid_types"):
        await client.conversations_list(types="secret_channel")


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.admin.kick_bot("C2")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel="C2")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.conversations_history(channel="C3")
    await client.conversations_join(channel="C3")
    assert (await client.conversations_history(channel="C3"))["messages"] == []


async def test_history_pages_are_newest_first_and_leave_out_replies(slack: FakeSlack, client: AsyncWebClient) -> None:
    person = slack.as_user("U1")
    root = person.post("C1", "one")
    person.post("C1", "a reply", root)
    person.post("C1", "a loud reply", root, broadcast=True)
    person.post("C1", "two")
    pages = [
        [m["text"] for m in page["messages"]]
        async for page in await client.conversations_history(channel="C1", limit=2)
    ]
    assert pages == [["two", "a loud reply"], ["one"]]
    page = await client.conversations_history(channel="C1")
    assert "response_metadata" not in page.data
    assert page["messages"][-1]["reply_count"] == 2
    assert page["messages"][1]["root"]["ts"] == root


async def test_a_window_of_history_has_open_ends_unless_they_are_asked_for(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    times = [slack.as_user("U1").post("C1", text) for text in ("one", "two", "three")]
    window: dict[str, Any] = {"channel": "C1", "oldest": times[0], "latest": times[2]}
    assert [m["text"] for m in (await client.conversations_history(**window))["messages"]] == ["two"]
    page = await client.conversations_history(**window, inclusive=True)
    assert [m["text"] for m in page["messages"]] == ["three", "two", "one"]
    with pytest.raises(SlackApiError, match="invalid_ts_oldest"):
        await client.conversations_history(channel="C1", oldest="yesterday")


@pytest.mark.parametrize(("everywhere", "second"), [(True, ["root", "c"]), (False, ["c"])])
async def test_a_thread_comes_oldest_first_with_its_root_on_the_first_page_or_on_every_page(
    everywhere: bool, second: list[str], slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.workspace.root_on_every_page = everywhere
    root = slack.as_user("U1").post("C1", "root")
    replies = [slack.as_user("U2").post("C1", text, root) for text in "abc"]
    pages = [
        [m["text"] for m in page["messages"]]
        async for page in await client.conversations_replies(channel="C1", ts=replies[1], limit=3)
    ]
    assert pages == [["root", "a", "b"], second]
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await client.conversations_replies(channel="C1", ts="1.000000")


async def test_members_come_in_pages_and_a_wrong_cursor_is_refused(slack: FakeSlack, client: AsyncWebClient) -> None:
    pages = [page["members"] async for page in await client.conversations_members(channel="C1", limit=2)]
    assert pages == [["U1", "U2"], ["UBOT"]]
    with pytest.raises(SlackApiError, match="invalid_cursor"):
        await client.conversations_members(channel="C1", cursor="nonsense")


async def test_a_direct_channel_is_opened_once(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users="U1")
    second = await client.conversations_open(users="U1")
    assert (first["channel"]["id"], first.get("already_open")) == ("DU1", None)
    assert (second["channel"]["id"], second["already_open"]) == ("DU1", True)
    several = await client.conversations_open(users=["U1", "U2"])
    info = await client.conversations_info(channel=several["channel"]["id"])
    assert info["channel"]["is_mpim"]


async def test_guests_strangers_and_leavers_look_as_slack_shows_them(slack: FakeSlack, client: AsyncWebClient) -> None:
    guest = (await client.users_info(user="U3"))["user"]
    stranger = (await client.users_info(user="U4"))["user"]
    assert (guest["is_restricted"], guest["is_ultra_restricted"]) == (True, False)
    assert (stranger["is_stranger"], stranger["team_id"], "email" in stranger["profile"]) == (True, "T2", False)
    slack.admin.deactivate_user("U2")
    assert (await client.users_info(user="U2"))["user"]["deleted"] is True
    assert (await client.conversations_members(channel="C1"))["members"] == ["U1", "UBOT"]
    listed = [user["id"] for user in (await client.users_list())["members"]]
    assert listed == ["UBOT", "U1", "U2", "U3"]


async def test_an_address_is_looked_up_and_hidden_without_its_scope(slack: FakeSlack, client: AsyncWebClient) -> None:
    assert (await client.users_lookupByEmail(email="ANN@example.test"))["user"]["id"] == "U1"
    with pytest.raises(SlackApiError, match="users_not_found"):
        await client.users_lookupByEmail(email="nobody@example.test")
    slack.admin.remove_scope("users:read.email")
    assert "email" not in (await client.users_info(user="U1"))["user"]["profile"]


async def test_groups_of_users_are_listed_with_or_without_their_members(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    assert "users" not in (await client.usergroups_list())["usergroups"][0]
    slack.admin.set_group("S1", ["U2", "U3"])
    assert (await client.usergroups_list(include_users=True))["usergroups"][0]["users"] == ["U2", "U3"]
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U2", "U3"]
    event = slack.workspace.outbox.sent[-1]["event"]
    assert (event["added_users"], event["removed_users"]) == (["U3"], ["U1"])
