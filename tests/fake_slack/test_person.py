from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


def events(slack: FakeSlack) -> list[dict[str, Any]]:
    return [envelope["event"] for envelope in slack.workspace.outbox.sent]


async def test_a_mention_comes_as_two_events_with_one_ts(slack: FakeSlack) -> None:
    ts = slack.as_user("U1").ask("C1", "How many days off?")
    first, second = slack.workspace.outbox.sent
    assert [first["event"]["type"], second["event"]["type"]] == ["message", "app_mention"]
    assert first["event"]["ts"] == second["event"]["ts"] == ts
    assert first["event_id"] != second["event_id"]
    assert "channel_type" not in second["event"]
    assert first["authorizations"][0]["user_id"] == "UBOT"


async def test_where_the_bot_is_not_it_hears_of_reactions_only(slack: FakeSlack) -> None:
    person = slack.as_user("U1")
    ts = person.post("C3", "<@UBOT> hello?")
    person.react("C3", ts, "eyes")
    assert [event["type"] for event in events(slack)] == ["reaction_added"]


async def test_a_direct_message_is_no_mention(slack: FakeSlack) -> None:
    slack.as_user("U1").dm("<@UBOT> hello")
    assert [(event["type"], event["channel_type"]) for event in events(slack)] == [("message", "im")]
    assert "thread_ts" not in events(slack)[0]


async def test_nothing_comes_that_the_app_did_not_subscribe_to(slack: FakeSlack) -> None:
    slack.workspace.outbox.subscribed.remove("message.channels")
    slack.as_user("U1").ask("C1", "hello")
    slack.as_user("U1").post("C2", "hello")
    assert [event["type"] for event in events(slack)] == ["app_mention", "message"]


async def test_an_edit_tells_the_old_and_the_new_text(slack: FakeSlack) -> None:
    person = slack.as_user("U1")
    ts = person.post("C1", "old")
    person.edit("C1", ts, "new")
    event = events(slack)[-1]
    assert (event["subtype"], event["previous_message"]["text"], event["message"]["text"]) == (
        "message_changed",
        "old",
        "new",
    )
    assert event["message"]["edited"]["user"] == "U1"
    person.unfurl("C1", ts, "a preview")
    assert events(slack)[-1]["message"]["edited"] == event["message"]["edited"]  # not edited again by the preview


async def test_a_deleted_message_is_gone_but_a_root_with_replies_leaves_a_tombstone(slack: FakeSlack) -> None:
    person = slack.as_user("U1")
    root = person.post("C1", "root")
    reply = person.post("C1", "reply", root)
    person.delete("C1", root)
    event = events(slack)[-1]
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
    assert event["message"]["reply_count"] == 1
    person.delete("C1", reply)
    assert (events(slack)[-1]["subtype"], events(slack)[-1]["deleted_ts"]) == ("message_deleted", reply)
    assert slack.workspace.channels["C1"].messages == {}


async def test_the_bots_own_posts_come_back_to_it_with_its_mark(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C1", text="hello")
    assert events(slack)[-1]["bot_id"] == "BBOT"
    assert "client_msg_id" not in events(slack)[-1]


async def test_opening_the_app_is_told_with_its_tab_and_its_view(slack: FakeSlack, client: AsyncWebClient) -> None:
    person = slack.as_user("U1")
    person.open_home()
    assert (events(slack)[-1]["tab"], "view" in events(slack)[-1]) == ("home", False)
    await client.views_publish(user_id="U1", view={"type": "home", "blocks": [{"type": "divider"}]})
    person.open_home()
    assert events(slack)[-1]["view"]["blocks"][0]["type"] == "divider"
    person.look_at("C3")
    assert events(slack)[-1]["context"]["entities"][0]["value"] == "C3"


async def test_the_older_assistant_pane_begins_a_thread(slack: FakeSlack) -> None:
    thread = slack.as_user("U1").open_assistant({"channel_id": "C1"})
    started = events(slack)[-1]["assistant_thread"]
    assert (started["thread_ts"], started["context"]) == (thread, {"channel_id": "C1"})
    slack.as_user("U1").dm("hello", thread)
    assert events(slack)[-1]["thread_ts"] == thread


async def test_a_stranger_in_a_shared_channel_names_their_own_team(slack: FakeSlack) -> None:
    slack.admin.share("C1", "T2")
    slack.admin.invite("C1", "U4")
    slack.as_user("U4").ask("C1", "hello")
    envelope = slack.workspace.outbox.sent[-1]
    assert (envelope["team_id"], envelope["event"]["user_team"], envelope["is_ext_shared_channel"]) == (
        "T1",
        "T2",
        True,
    )


async def test_comings_and_goings_are_told_also_the_bots_own(slack: FakeSlack) -> None:
    slack.admin.invite("C2", "U2", "U1")
    slack.admin.remove("C2", "U2")
    slack.admin.kick_bot("C2")
    slack.admin.kick_bot("C1")
    told = [(event["type"], event["channel"]) for event in events(slack)]
    assert told == [
        ("member_joined_channel", "C2"),
        ("member_left_channel", "C2"),
        ("group_left", "C2"),
        ("channel_left", "C1"),
    ]


async def test_a_channel_turns_private_renames_and_goes(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.admin.convert_private("C1")
    slack.admin.rename("C1", "quiet")
    slack.admin.history_changed("C1")
    info = (await client.conversations_info(channel="C1"))["channel"]
    assert (info["is_private"], info["name"]) == (True, "quiet")
    slack.admin.delete_channel("C1")
    told = [event.get("subtype") or event["type"] for event in events(slack)]
    assert told == ["channel_convert_to_private", "group_rename", "group_history_changed", "group_deleted"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel="C1")


async def test_a_message_that_retention_takes_vanishes_without_a_word(slack: FakeSlack, client: AsyncWebClient) -> None:
    ts = slack.as_user("U1").post("C1", "hello")
    known = len(events(slack))
    slack.admin.forget("C1", ts)
    assert (await client.conversations_history(channel="C1"))["messages"] == []
    assert len(events(slack)) == known


async def test_changes_of_people_are_told(slack: FakeSlack) -> None:
    slack.admin.change_user("U1", email="anna@example.test")
    slack.admin.join_team("U9", "new")
    changed, joined = events(slack)
    assert (changed["type"], changed["user"]["profile"]["email"]) == ("user_change", "anna@example.test")
    assert (joined["type"], joined["user"]["id"]) == ("team_join", "U9")
