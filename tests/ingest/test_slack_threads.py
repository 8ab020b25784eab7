from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ingest.slack_threads
from ingest.slack_threads import Days, Listing, listing_of, messages_at
from tests.slack_zip import Counting, Json, archive, message

ONE, TWO, THREE = "1767603600.000100", "1767690000.000200", "1767776400.000300"  # 5, 6 and 7 January 2026


class Listed:
    """One channel of these days."""

    def __init__(self, path: Path, *days: object) -> None:
        files = {f"general/{number:010}.json": rows for number, rows in enumerate(days)}
        self.names = sorted(files)
        self.archive = Counting(archive(path, {"channels.json": "[]", **files}))
        self.days = Days(self.archive, {})

    @property
    def listing(self) -> Listing:
        return listing_of(self.days, self.names)

    @property
    def texts(self) -> list[list[str]]:
        threads = self.listing.threads()
        return [[one.text for one in messages_at(self.days, self.names, thread.places)] for thread in threads]

    @property
    def stamps(self) -> list[str]:
        return [thread.digest for thread in self.listing.threads()]


Channel = Callable[..., Listed]


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    made: list[Listed] = []

    def make(*days: object) -> Listed:
        made.append(Listed(tmp_path / f"{len(made)}.zip", *days))
        return made[-1]

    yield make
    for one in made:
        one.archive.close()


def test_threads_are_gathered_over_days_whatever_the_order(channel: Channel) -> None:
    days = [
        [message("reply", TWO, thread_ts=ONE), message("single", "1767603700.0")],
        [message("late", THREE, thread_ts=ONE), message("root", ONE, thread_ts=ONE, replies=[], reply_count=9)],
    ]
    assert channel(*days).texts == channel(*reversed(days)).texts == [["root", "reply", "late"], ["single"]]


def test_a_root_comes_first_even_if_a_reply_is_dated_before_it(channel: Channel) -> None:
    days = [[message("reply", ONE, thread_ts=TWO)], [message("root", TWO, thread_ts=TWO)]]
    assert channel(*days).texts == [["root", "reply"]]


def test_replies_without_their_root_are_a_thread(channel: Channel) -> None:
    assert channel([message("a", TWO, thread_ts=ONE), message("b", THREE, thread_ts=ONE)]).texts == [["a", "b"]]


def test_the_same_message_twice_counts_once(channel: Channel) -> None:
    """A reply that was also sent to the channel stands in the export twice."""
    one = message("reply", TWO, thread_ts=ONE)
    made = channel([message("root", ONE), one | {"subtype": "thread_broadcast"}], [one])
    assert (made.texts, +made.listing.skipped) == ([["root", "reply"]], {"duplicate": 1})


@pytest.mark.parametrize("in_one_file", [True, False])
def test_the_newest_revision_counts(channel: Channel, in_one_file: bool) -> None:
    new = message("new", ONE, edited={"user": "U1", "ts": THREE})
    old = [message("old", ONE), message("newer", ONE, edited={"user": "U1", "ts": TWO})]
    made = channel([new, *old]) if in_one_file else channel([new], old)
    assert (made.texts, +made.listing.skipped) == ([["new"]], {"older revision": 2})


def test_an_edit_log_replaces_the_message(channel: Channel) -> None:
    changed = {"subtype": "message_changed", "ts": TWO, "hidden": True, "message": message("new", ONE)}
    assert channel([message("old", ONE)], [changed]).texts == [["new"]]


@pytest.mark.parametrize(
    "gone", [{"subtype": "message_deleted", "ts": THREE, "deleted_ts": ONE}, message("x", ONE, subtype="tombstone")]
)
def test_a_deleted_message_is_not_there_and_its_replies_are(channel: Channel, gone: Json) -> None:
    made = channel([message("root", ONE, thread_ts=ONE)], [message("reply", TWO, thread_ts=ONE)], [gone])
    assert (made.texts, made.listing.skipped["deleted"], made.listing.rows) == ([["reply"]], 1, 3)


def test_a_broken_day_is_told_and_the_others_are_read(channel: Channel) -> None:
    made = channel('[{"ts"', [message("a", ONE)], "", "\ufeff" + "[]", {"messages": []})
    assert (made.texts, list(made.listing.broken.values())) == (
        [["a"]],
        ["it is no valid JSON file (ValueError)", "a list was expected", "a list was expected"],
    )


def test_a_stamp_changes_with_what_is_said_by_whom_and_with_nothing_else(channel: Channel) -> None:
    file = {"name": "a.pdf", "url_private": "https://files.slack.example/a?t=xoxe-1"}
    (before,) = channel([message("a", ONE, username="Rota", files=[file])]).stamps
    same = message("a", ONE, username="Rota", reactions=[{"name": "tada"}])
    assert channel([same | {"files": [file | {"url_private": "https://files.slack.example/a?t=xoxe-2"}]}]).stamps == [
        before
    ]
    changes: tuple[Json, ...] = ({"text": "b"}, {"username": "Meadow"}, {"ts": TWO}, {"files": []})
    for changed in changes:
        assert channel([same | {"files": [file]} | changed]).stamps != [before]


def test_an_empty_channel_has_no_threads(channel: Channel) -> None:
    made = channel()
    assert (made.texts, made.listing.span) == ([], None)


def test_a_day_is_read_once_however_many_threads_it_has(channel: Channel) -> None:
    made = channel([message(f"text {n}", f"17676036{n:02}.0") for n in range(50)])
    assert (len(made.texts), made.archive.parses.total()) == (50, 1)


def test_only_the_last_days_are_kept(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.slack_threads, "_KEPT", 2500)  # two days of a thousand characters
    start = 1767603600
    days = [[message("x" * 1000, f"{start + day * 86400 + n}.0") for n in range(1)] for day in range(6)]
    made = channel(*days)
    assert len(made.texts) == 6
    assert made.archive.parses == dict.fromkeys(made.names, 2)  # once to list them, once to load them all
    assert len(made.texts) == 6
    assert set(made.archive.parses.values()) == {4}
