from typing import Any

import pytest

from ingest.slack_changes import Changes, changes_in

TS, REPLY = "1700000001.000100", "1700000002.000200"


def changed(**event: Any) -> Changes:
    return changes_in([{"event": {"channel": "C1", "channel_type": "channel", **event}}], "UBOT")


def message(**event: Any) -> Changes:
    return changed(type="message", **event)


@pytest.mark.parametrize("kind", ["message", "app_mention"])
def test_a_message_is_a_thread_to_read(kind: str) -> None:
    assert list(changed(type=kind, ts=TS, text="Hello").threads) == [("C1", TS)]
    assert list(changed(type=kind, ts=REPLY, thread_ts=TS, text="Hello").threads) == [("C1", TS)]


def test_joining_is_no_message_and_direct_messages_are_not_read() -> None:
    assert message(ts=TS, subtype="channel_join") == Changes()
    assert message(ts=TS, channel_type="im", text="Hello") == Changes()


def test_only_other_words_make_an_edit() -> None:
    before = {"ts": REPLY, "thread_ts": TS, "text": "Old."}
    after = before | {"text": "New.", "edited": {"ts": "1700000003.000000"}}
    edit = message(subtype="message_changed", message=after, previous_message=before)
    assert (list(edit.threads), edit.edited) == ([("C1", TS)], True)
    counted = message(subtype="message_changed", message=before | {"reply_count": 2}, previous_message=before)
    assert counted == Changes()


def test_a_deletion_names_the_deleted_message_and_its_thread() -> None:
    reply = message(subtype="message_deleted", ts="1700000009.0", deleted_ts=REPLY, previous_message={"thread_ts": TS})
    alone = message(subtype="message_deleted", deleted_ts=TS, previous_message={"ts": TS})
    somewhere = message(subtype="message_deleted", deleted_ts=TS)
    grave = message(subtype="message_changed", message={"subtype": "tombstone", "ts": TS, "thread_ts": TS})
    assert [one.deleted for one in (reply, alone, somewhere, grave)] == [
        {("C1", REPLY): TS},
        {("C1", TS): TS},
        {("C1", TS): ""},
        {("C1", TS): TS},
    ]


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"type": "message", "subtype": "channel_convert_to_private"}, "turned_private"),
        ({"type": "message", "subtype": "channel_convert_to_public"}, "rooms"),
        ({"type": "member_joined_channel", "user": "U1"}, "members"),
        ({"type": "member_left_channel", "user": "U1"}, "fewer_members"),
        ({"type": "member_joined_channel", "user": "UBOT"}, "rooms"),
        ({"type": "channel_left"}, "left"),
        ({"type": "group_left"}, "left"),
        ({"type": "channel_deleted"}, "removed"),
        ({"type": "group_rename", "channel": {"id": "C1"}}, "rooms"),
        ({"type": "channel_shared"}, "rooms"),
        ({"type": "group_history_changed"}, "rewritten"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(str(one) for one in value.values()),
)
def test_what_happens_to_a_channel_asks_to_look_at_it(event: dict[str, Any], field: str) -> None:
    assert getattr(changed(**event), field) == {"C1"}


def test_a_channel_with_a_new_id_is_left_and_entered() -> None:
    event = {"type": "channel_id_changed", "old_channel_id": "G1", "new_channel_id": "C9"}
    found = changes_in([{"event": event}], "UBOT")
    assert (found.left, found.rooms) == ({"G1"}, {"C9"})


def test_people_and_files_are_named() -> None:
    events: list[dict[str, Any]] = [
        {"type": "user_change", "user": {"id": "U1"}},
        {"type": "team_join", "user": {"id": "U2"}},
        {"type": "file_deleted", "file_id": "F1", "channel_ids": ["C1"]},
    ]
    found = changes_in([{"event": event} for event in events], "UBOT")
    assert ([user["id"] for user in found.people], found.files) == (["U1", "U2"], {"F1"})


def test_removing_the_app_ends_everything_and_a_persons_token_does_not() -> None:
    kinds: list[dict[str, Any]] = [
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}},
        {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}},
    ]
    assert [changes_in([{"event": kind}], "").is_over for kind in kinds] == [True, True, False]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": None},
        {"event": {"type": "message"}},
        {"event": {"type": "message", "channel": 7, "ts": [], "thread_ts": {}}},
        {"event": {"type": "message", "channel": "C1", "ts": "now", "text": "x"}},
        {"event": {"type": "message", "channel": "C1", "subtype": "message_deleted", "deleted_ts": None}},
        {"event": {"type": "user_change", "user": "U1"}},
        {"event": {"type": "tokens_revoked", "tokens": None}},
        {"event": {"type": "something_new", "channel": "C1"}},
    ],
)
def test_an_event_that_says_nothing_we_know_changes_nothing(body: dict[str, Any]) -> None:
    assert changes_in([body], "UBOT") == Changes()
