"""What events mean."""

from typing import Any

import pytest

from ui.slack_events import (
    Asked,
    Changed,
    Edited,
    Forgotten,
    HomeOpened,
    Meaning,
    Other,
    Ourselves,
    Stopped,
    TalkOpened,
    meaning,
    plain,
)

WE = Ourselves("T1", "UBOT", "BBOT")
TS, ROOT = "1700000002.000100", "1700000001.000100"


def means(**event: Any) -> Meaning:
    return meaning({"team_id": "T1", "event": {"channel": "C1", **event}}, WE)


def said(text: str, **more: Any) -> Meaning:
    return means(type="message", user="U1", text=text, ts=TS, **({"channel_type": "channel"} | more))


def asked(text: str, via: str, thread: str = TS, channel: str = "C1") -> Asked:
    return Asked("T1", channel, TS, thread, "U1", text, via)


def test_a_mention_asks_in_a_thread_of_its_own() -> None:
    found = means(type="app_mention", user="U1", text="<@UBOT> How much leave?", ts=TS)
    assert found == asked("How much leave?", "mention")


def test_the_message_event_of_a_mention_means_the_same_question() -> None:
    assert said("<@UBOT> How much leave?") == asked("How much leave?", "mention")


def test_a_mention_in_a_thread_asks_there() -> None:
    assert said("And in Spain <@UBOT|frontdesk>?", thread_ts=ROOT) == asked("And in Spain ?", "mention", ROOT)


def test_a_mention_without_words_is_a_question_that_gets_a_hint() -> None:
    assert said("<@UBOT>") == asked("", "mention")


def test_a_direct_message_asks_whatever_it_says() -> None:
    assert said("leave", channel_type="im", channel="D1") == asked("leave", "direct", channel="D1")


def test_a_reply_in_a_direct_thread_stays_there() -> None:
    found = said("leave", channel_type="im", channel="D1", thread_ts=ROOT)
    assert found == asked("leave", "direct", ROOT, "D1")


def test_a_direct_message_that_is_only_a_file_asks_nothing() -> None:
    assert said("", channel_type="im", subtype="file_share") == Other()


def test_a_reply_without_a_mention_may_be_a_follow_up() -> None:
    assert said("and for part time", thread_ts=ROOT) == asked("and for part time", "thread", ROOT)


@pytest.mark.parametrize("text", ["Thanks!", "ok great", "👍", "Vielen Dank", "yes", "lol"])
def test_a_reply_that_only_thanks_or_agrees_asks_nothing(text: str) -> None:
    assert said(text, thread_ts=ROOT) == Other()


def test_a_reply_to_somebody_else_asks_nothing() -> None:
    assert said("<@U2> can you look into this?", thread_ts=ROOT) == Other()


def test_a_question_in_a_channel_may_be_for_us() -> None:
    assert said("How many days of leave do I get?") == asked("How many days of leave do I get?", "channel")


@pytest.mark.parametrize(
    "text",
    [
        "The build is green.",
        "What a day!",
        "Lunch?",
        "<@U2> how many days of leave do I get?",
        "<!here> who has my cup?",
    ],
)
def test_what_is_no_question_or_for_others_asks_nothing(text: str) -> None:
    assert said(text) == Other()


@pytest.mark.parametrize(
    "of_a_bot",
    [
        {"bot_id": "B7"},
        {"bot_id": "BBOT"},
        {"bot_profile": {"id": "B7"}},
        {"user": "UBOT"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"subtype": "bot_message"},
        {"hidden": True},
    ],
)
def test_nothing_that_a_bot_says_is_a_question(of_a_bot: dict[str, Any]) -> None:
    event = {"type": "message", "user": "U1", "text": "<@UBOT> How much leave?", "ts": TS, "channel_type": "im"}
    assert means(**(event | of_a_bot)) == Other()


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "reminder_add", "huddle_thread", "me_message"])
def test_what_slack_itself_writes_is_no_question(subtype: str) -> None:
    assert said("<@UBOT> How much leave?", subtype=subtype) == Other()


def test_a_question_with_a_file_is_a_question() -> None:
    assert said("<@UBOT> What is this?", subtype="file_share") == asked("What is this?", "mention")


def changed(now: dict[str, Any], before: dict[str, Any]) -> Meaning:
    return means(
        type="message",
        subtype="message_changed",
        hidden=True,
        channel_type="channel",
        message=now,
        previous_message=before,
    )


def test_an_edit_tells_the_new_words() -> None:
    before = {"type": "message", "user": "U1", "text": "<@UBOT> How much?", "ts": TS}
    assert changed(before | {"text": "<@UBOT> How long?"}, before) == Edited("C1", TS, "How long?")


def test_a_change_without_new_words_means_nothing() -> None:
    before = {"type": "message", "user": "U1", "text": "<@UBOT> How much?", "ts": TS}
    assert changed(before | {"reply_count": 1}, before) == Other()


def test_a_change_of_our_own_message_means_nothing() -> None:
    before = {"type": "message", "user": "UBOT", "bot_id": "BBOT", "text": "27", "ts": TS}
    assert changed(before | {"text": "27 days"}, before) == Other()


def test_naming_us_by_an_edit_asks() -> None:
    before = {"type": "message", "user": "U1", "text": "How much leave?", "ts": TS}
    assert changed(before | {"text": "<@UBOT> How much leave?"}, before) == asked("How much leave?", "mention")


def test_a_deleted_message_is_forgotten_by_its_own_time_not_by_that_of_the_deletion() -> None:
    found = means(type="message", subtype="message_deleted", ts="1700000009.000000", deleted_ts=TS)
    assert found == Forgotten("C1", TS)


def test_a_deleted_root_leaves_a_tombstone_that_means_forgotten() -> None:
    now = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "ts": ROOT, "hidden": True, "text": "gone"}
    assert changed(now, {"type": "message", "user": "U1", "text": "?", "ts": ROOT}) == Forgotten("C1", ROOT)


def test_stop_names_its_thread() -> None:
    found = means(type="agent_session_stopped", thread_ts=ROOT, user="U1", streaming_message_ts=[TS])
    assert found == Stopped("C1", ROOT)


def test_opening_the_home_tab_and_a_talk_are_told_apart() -> None:
    assert means(type="app_home_opened", user="U1", tab="home", channel="D1") == HomeOpened("U1")
    assert means(type="app_home_opened", user="U1", tab="messages", channel="D1") == TalkOpened("D1", "")


def test_the_older_assistant_view_opens_a_talk_in_a_thread() -> None:
    thread = {"user_id": "U1", "context": {}, "channel_id": "D1", "thread_ts": ROOT}
    assert means(type="assistant_thread_started", assistant_thread=thread) == TalkOpened("D1", ROOT)


@pytest.mark.parametrize("kind", ["member_joined_channel", "member_left_channel", "channel_shared", "group_left"])
def test_who_reads_a_channel_changes_with_its_members(kind: str) -> None:
    assert means(type=kind, user="U1") == Changed("C1")


def test_who_reads_a_channel_changes_when_it_turns_private() -> None:
    assert said("", subtype="channel_convert_to_private") == Changed("C1")


def test_a_person_that_changes_changes_every_channel() -> None:
    assert means(type="user_change", user={"id": "U1"}, channel=None) == Changed("")


@pytest.mark.parametrize(
    "body", [{}, {"event": None}, {"event": {}}, {"event": {"type": 7}}, {"event": {"type": "message", "message": 1}}]
)
def test_what_no_one_knows_means_nothing(body: dict[str, Any]) -> None:
    assert meaning(body, WE) == Other()


def test_what_was_typed_becomes_readable() -> None:
    typed = "<@UBOT> does <@U2|ben> read <#C7|general> &amp; <https://a.example/x|the page>, <!here>?"
    assert plain(typed, WE) == "does @ben read #general & the page, @here?"
