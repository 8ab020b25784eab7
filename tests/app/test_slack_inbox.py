"""The inbox: every event once, in order, for two consumers, pruned in time, without the words of what was deleted."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from app import receipt, slack_inbox
from app.bootstrap import Home
from app.slack_inbox import NewEvent, advance, forget, forget_thread, store, waiting
from app.tables import slack_events
from ingest.report import NoProgress
from retrieval.ledger.engine import reading, writing
from tests.slack_zip import message as exported
from tests.slack_zip import slack_zip

WORDS = "The kiln in the second workshop is cold on Mondays."
ROOT, REPLY, OTHER = "1700000001.000100", "1700000002.000200", "1700000003.000300"


def message(text: str, ts: str, channel: str = "C1", **more: Any) -> dict[str, Any]:
    said = {"type": "message", "channel": channel, "user": "U1", "ts": ts, "text": text, "blocks": [{"text": text}]}
    return {"team_id": "T1", "event": {**said, **more}}


def put(engine: Engine, number: int, body: dict[str, Any] | None = None) -> bool:
    return store(engine, NewEvent(f"Ev{number}", "T1", "message", body or message(f"m{number}", f"17000000{number}.1")))


def ids(engine: Engine, limit: int = 100) -> list[str]:
    return [event.id for event in waiting(engine, "answering", limit)]


def received(engine: Engine, days_ago: int) -> None:
    with writing(engine) as connection:
        connection.execute(update(slack_events).values(received_at=datetime.now(UTC) - timedelta(days=days_ago)))


def held(engine: Engine) -> str:
    with reading(engine) as connection:
        return json.dumps([row.body for row in connection.execute(slack_events.select())])


def test_an_event_is_new_once(ledger: Engine) -> None:
    assert [put(ledger, 1), put(ledger, 2), put(ledger, 1)] == [True, True, False]
    assert ids(ledger) == ["Ev1", "Ev2"]


def test_an_event_comes_out_as_it_was_put_in(ledger: Engine) -> None:
    body = message("Größe? 𝄞", ROOT)
    put(ledger, 1, body)
    (event,) = waiting(ledger, "syncing", 10)
    assert (event.id, event.type, event.body) == ("Ev1", "message", body)


def test_many_servers_that_get_the_same_events_keep_each_once(ledger: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(lambda number: put(ledger, number // 4), range(40)))
    assert new.count(True) == 10
    assert len(ids(ledger)) == 10


def test_while_one_server_stores_another_waits(ledger: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        with slack_inbox.in_turn(ledger):
            other = pool.submit(put, ledger, 1)
            with pytest.raises(TimeoutError):
                other.result(timeout=0.3)
        assert other.result(timeout=10)


def test_a_reader_never_passes_a_number_that_is_still_to_come(ledger: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        stored = [pool.submit(put, ledger, number) for number in range(60)]
        seen: list[int] = []
        while not all(one.done() for one in stored) or waiting(ledger, "answering", 1):
            for event in waiting(ledger, "answering", 7):
                seen.append(event.seq)
                advance(ledger, "answering", event.seq)
    assert (len(seen), seen) == (60, sorted(seen))


def test_each_consumer_has_its_own_place(ledger: Engine) -> None:
    for number in (1, 2, 3):
        put(ledger, number)
    first, second, _ = waiting(ledger, "answering", 100)
    advance(ledger, "answering", second.seq)
    advance(ledger, "syncing", first.seq)
    assert [event.id for event in waiting(ledger, "answering", 100)] == ["Ev3"]
    assert [event.id for event in waiting(ledger, "syncing", 100)] == ["Ev2", "Ev3"]


def test_a_consumer_never_goes_back(ledger: Engine) -> None:
    for number in (1, 2, 3):
        put(ledger, number)
    first, second, _ = waiting(ledger, "answering", 100)
    advance(ledger, "answering", second.seq)
    advance(ledger, "answering", first.seq)
    assert ids(ledger) == ["Ev3"]


def test_no_more_than_asked_for_comes_out(ledger: Engine) -> None:
    for number in (1, 2, 3):
        put(ledger, number)
    assert ids(ledger, 2) == ["Ev1", "Ev2"]


def test_what_both_passed_a_week_ago_is_gone(ledger: Engine) -> None:
    for number in (1, 2, 3):
        put(ledger, number)
    received(ledger, 8)
    put(ledger, 4)
    numbers = [event.seq for event in waiting(ledger, "answering", 100)]
    advance(ledger, "answering", numbers[3])
    assert [event.id for event in waiting(ledger, "syncing", 100)] == ["Ev1", "Ev2", "Ev3", "Ev4"]
    advance(ledger, "syncing", numbers[1])
    assert [event.id for event in waiting(ledger, "syncing", 100)] == ["Ev3", "Ev4"]
    assert "m2" not in held(ledger)
    advance(ledger, "syncing", numbers[3])
    assert ("m3" in held(ledger), "m4" in held(ledger)) == (False, True)


def test_what_both_passed_a_day_ago_is_still_known_as_an_old_one(ledger: Engine) -> None:
    put(ledger, 1)
    received(ledger, 1)
    (event,) = waiting(ledger, "answering", 1)
    advance(ledger, "answering", event.seq)
    advance(ledger, "syncing", event.seq)
    assert not put(ledger, 1)


@pytest.mark.parametrize(
    "body",
    [
        message(WORDS, ROOT),
        message("edited", OTHER, subtype="message_changed", message={"ts": ROOT, "text": WORDS}),
        message("", OTHER, subtype="message_deleted", deleted_ts=ROOT, previous_message={"ts": ROOT, "text": WORDS}),
        message("look", OTHER, attachments=[{"ts": ROOT, "channel_id": "C1", "text": WORDS, "blocks": [WORDS]}]),
        message("me too", REPLY, thread_ts=ROOT, subtype="thread_broadcast", root={"ts": ROOT, "text": WORDS}),
        message("", ROOT, files=[{"preview": WORDS}]),
    ],
    ids=["message", "change", "deletion", "shared", "broadcast", "file"],
)
def test_the_words_of_a_deleted_message_leave_whatever_repeats_them(ledger: Engine, body: dict[str, Any]) -> None:
    put(ledger, 1, body)
    assert WORDS in held(ledger)
    assert forget(ledger, "T1", "C1", ROOT) == 1
    assert (WORDS in held(ledger), ids(ledger)) == (False, ["Ev1"])


def test_a_consumer_still_learns_of_the_deletion(ledger: Engine) -> None:
    gone = {"type": "message", "ts": ROOT, "user": "U7", "text": WORDS}
    put(ledger, 1, message("", OTHER, subtype="message_deleted", deleted_ts=ROOT, previous_message=gone))
    forget(ledger, "T1", "C1", ROOT)
    event = waiting(ledger, "answering", 1)[0].body["event"]
    assert (event["subtype"], event["deleted_ts"], event["channel"]) == ("message_deleted", ROOT, "C1")
    assert event["previous_message"] == {"type": "message", "ts": ROOT, "user": "U7", "text": ""}


@pytest.mark.parametrize(("team", "channel", "ts"), [("T2", "C1", ROOT), ("T1", "C2", ROOT), ("T1", "C1", REPLY)])
def test_other_messages_keep_their_words(ledger: Engine, team: str, channel: str, ts: str) -> None:
    put(ledger, 1, message(WORDS, ROOT))
    assert forget(ledger, team, channel, ts) == 0
    assert WORDS in held(ledger)


def test_a_reply_keeps_its_words_when_only_the_first_message_is_deleted(ledger: Engine) -> None:
    put(ledger, 1, message(WORDS, ROOT))
    put(ledger, 2, message("A reply.", REPLY, thread_ts=ROOT))
    forget(ledger, "T1", "C1", ROOT)
    assert (WORDS in held(ledger), "A reply." in held(ledger)) == (False, True)


def test_all_words_of_a_deleted_thread_leave(ledger: Engine) -> None:
    put(ledger, 1, message(WORDS, ROOT))
    put(ledger, 2, message("A reply.", REPLY, thread_ts=ROOT))
    put(ledger, 3, message("Elsewhere.", OTHER))
    assert forget_thread(ledger, "T1", "C1", ROOT) == 2
    left = held(ledger)
    assert (WORDS in left, "A reply." in left, "Elsewhere." in left) == (False, False, True)


@pytest.mark.parametrize("uri", ["slack-T1/C1/1700000001.000100", "slack-T1/C1/canvas", "nowhere/C1/1700000001.000100"])
def test_a_documents_thread_is_known_by_its_uri(home: Home, uri: str) -> None:
    with writing(home.engine) as connection:
        connection.exec_driver_sql("INSERT INTO sources (name, kind, location) VALUES ('slack-T1', 'x', 'slack:T1')")
    put(home.engine, 1, message(WORDS, ROOT))
    assert slack_inbox.forget_document(home.engine, uri) == (1 if uri == f"slack-T1/C1/{ROOT}" else 0)


def test_deleting_a_document_of_slack_takes_its_words_out_of_the_inbox_and_the_files(
    home: Home, tmp_path: Path
) -> None:
    days = {"general/2023-11-14": [exported(WORDS, ROOT), exported("Cold.", REPLY, thread_ts=ROOT)]}
    home.ingest(slack_zip(tmp_path / "export.zip", days), "everyone", NoProgress())
    put(home.engine, 1, message(WORDS, ROOT))
    put(home.engine, 2, message("Cold.", REPLY, thread_ts=ROOT))
    put(home.engine, 3, message(f"Somebody wrote: {WORDS}", OTHER, channel="C9"))
    found = receipt.delete(home, f"slack-T1/C1/{ROOT}")
    assert (found.found, found.looked_for > 0) == ((), True)
    left = held(home.engine)
    assert ("kiln" in left, "Cold." in left, "[source removed]" in left) == (False, False, True)
    assert b"kiln" not in b"".join(file.read_bytes() for file in (tmp_path / "home").rglob("*") if file.is_file())
