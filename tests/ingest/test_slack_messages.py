import pytest

from ingest.slack_messages import Message, Skipped, message_in, time_of, timestamp
from tests.slack_zip import message

TS = "1767603600.000100"
NAMES = {"U1": "Hana Okoro", "U2": "Sam Whitlock", "B7": "Rota", "USLACKBOT": "Slackbot"}


def text(**more: object) -> str:
    found = message_in({"type": "message", "ts": TS, **more}, NAMES)
    assert isinstance(found, Message)
    return found.text


def author(**more: object) -> str:
    found = message_in({"type": "message", "ts": TS, "text": "x", **more}, NAMES)
    assert isinstance(found, Message)
    return found.author


@pytest.mark.parametrize(
    ("ts", "written"),
    [
        (TS, TS),
        (1767603600, "1767603600.000000"),
        (1767603600.5, "1767603600.500000"),
        ("1767603600.0001009", TS),
        ("7.1", "0000000007.100000"),
    ],
)
def test_a_time_is_exact_whatever_it_is_written_as(ts: object, written: str) -> None:
    assert timestamp(time_of(ts)) == written


@pytest.mark.parametrize("ts", [None, "", "not-a-number", "99999999999999.0", [], {}, True, "-5", "1e9", 0])
def test_what_is_no_time_is_none(ts: object) -> None:
    assert time_of(ts) == 0


def test_a_line_names_author_and_day() -> None:
    found = message_in(message("Ask <@U2>.", TS), NAMES)
    assert isinstance(found, Message)
    assert found.line == "Hana Okoro (2026-01-05): Ask @Sam Whitlock."


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (None, "broken"),
        ("text", "broken"),
        ([], "broken"),
        ({}, "without a time"),
        (message("a", "soon"), "without a time"),
        ({"ts": TS}, "empty"),
        ({"ts": TS, "text": None}, "empty"),
        (message(" \u200b ", TS), "empty"),
        (message("joined", TS, subtype="channel_join"), "channel_join"),
        (
            message("A huddle started", TS, "USLACKBOT", subtype="huddle_thread", room={"created_by": "U1"}),
            "huddle_thread",
        ),
        (message("only you see this", TS, is_ephemeral=True), "hidden"),
        (message("hidden", TS, hidden=True), "hidden"),
    ],
)
def test_a_row_without_a_message_says_why(row: object, kind: str) -> None:
    assert message_in(row, NAMES) == Skipped(kind)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"subtype": "file_share"},
        {"subtype": "me_message"},
        {"subtype": "thread_broadcast", "root": {"text": "not this"}},
        {"subtype": "bot_message"},
        {"subtype": "something_new"},
        {"subtype": 7},
        {"reactions": [{"name": "x::skin-tone-2", "users": ["U1"], "count": 5}]},
    ],
)
def test_what_has_text_is_a_message(more: dict[str, object]) -> None:
    assert text(text="Hello", **more) == "Hello"


def test_a_changed_message_is_a_newer_revision() -> None:
    row = {"subtype": "message_changed", "hidden": True, "ts": "1767603700.0", "message": message("new", TS, "U2")}
    found = message_in(row, NAMES)
    assert isinstance(found, Message)
    assert (timestamp(found.ts), timestamp(found.edited), found.author, found.text) == (
        TS,
        "1767603700.000000",
        "Sam Whitlock",
        "new",
    )


@pytest.mark.parametrize("of", [{"deleted_ts": TS}, {"previous_message": {"ts": TS}}, {"original": {"ts": TS}}])
def test_a_deletion_names_what_it_deletes(of: dict[str, object]) -> None:
    row = {"subtype": "message_deleted", "hidden": True, "ts": "1767603700.0", **of}
    assert message_in(row, NAMES) == Skipped("message_deleted", time_of(TS))


def test_a_tombstone_deletes_the_message_in_its_place() -> None:
    row = message("This message was deleted.", TS, "USLACKBOT", subtype="tombstone", hidden=True)
    assert message_in(row, NAMES) == Skipped("tombstone", time_of(TS))


def test_a_deletion_that_names_nothing_deletes_nothing() -> None:
    assert message_in({"subtype": "message_deleted", "ts": TS}, NAMES) == Skipped("message_deleted")


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"user": "U1"}, "Hana Okoro"),
        ({"user": "U9", "user_profile": {"real_name": "Ada Finch"}}, "Ada Finch"),
        ({"user": "U9", "user_profile": {"real_name": "", "display_name": "ada"}}, "ada"),
        ({"user": None, "username": "Meadow"}, "Meadow"),
        ({"bot_id": "B7"}, "Rota"),
        ({"bot_id": "B8", "bot_profile": {"name": "Reminders"}}, "Reminders"),
        ({"user": "USLACKBOT"}, "Slackbot"),
        ({"user": "U00"}, "someone"),
        ({"user": ["U1"], "user_profile": 3, "bot_profile": "x"}, "someone"),
        ({}, "someone"),
        ({"username": "![x"}, "!(x"),
        ({"username": "bot xoxb-EXAMPLE-1"}, "bot"),
    ],
)
def test_an_author_is_named_as_well_as_the_export_can(more: dict[str, object], name: str) -> None:
    assert author(**more) == name


def test_blocks_speak_where_they_say_more_than_the_text() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Travel: ask <@U2>"}}]
    assert text(text="", blocks=blocks) == text(text="Travel", blocks=blocks) == "Travel: ask @Sam Whitlock"


def test_text_and_blocks_are_not_said_twice() -> None:
    assert text(text="*Hello*", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]) == "*Hello*"


def test_an_apps_attachments_and_files_stand_below_the_text() -> None:
    found = text(text="New:", attachments=[{"title": "Ticket 7"}], files=[{"name": "a.pdf"}])
    assert found == "New:\nTicket 7\n(file: a.pdf)"


def test_a_comment_on_a_file_of_the_old_format_is_read() -> None:
    comment = {"comment": "Where is <@U2>?", "user": "U1"}
    row = {"subtype": "file_comment", "ts": TS, "text": "", "comment": comment, "file": {"name": "a.pdf"}}
    found = message_in(row, NAMES)
    assert isinstance(found, Message)
    assert found.line == "Hana Okoro (2026-01-05): Where is @Sam Whitlock?\n(file: a.pdf)"


@pytest.mark.parametrize(
    "odd", [{"text": 3}, {"text": "", "files": 7}, {"blocks": [None, 3, "x"]}, {"attachments": 3, "comment": 3}]
)
def test_a_message_of_odd_shape_says_nothing(odd: dict[str, object]) -> None:
    assert message_in({"ts": TS, **odd}, NAMES) == Skipped("empty")
