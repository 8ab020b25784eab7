"""Questions from Slack: accepted once, one worker each, one at a time in a thread, always ended."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from app import slack_choices
from app.slack_client import NewQuestion, SlackQuestion, State, Via
from app.slack_questions import Change, accept, change, claim, listed, one
from app.tables import slack_questions
from retrieval.errors import Missing
from retrieval.ledger.engine import writing


def asked(number: int, thread: int = 0, via: Via = "mention", channel: str = "C1") -> NewQuestion:
    ts, root = f"17000000{number:02}.1", f"17000000{thread or number:02}.1"
    return NewQuestion("T1", channel, ts, root, "U1", f"How many days, {number}?", via)


def took(ledger: Engine, numbers: Sequence[int]) -> None:
    for number in numbers:
        accept(ledger, asked(number))


def number_of(question: SlackQuestion | None) -> int:
    assert question is not None
    return int(question.ts[8:10])


def say(ledger: Engine, number: int, worker: str, **said: object) -> SlackQuestion:
    return change(ledger, "T1", "C1", asked(number).ts, Change(worker, **said))  # type: ignore[arg-type]


def silent_for(ledger: Engine, seconds: int) -> None:
    """Every worker said that it lives so long ago."""
    with writing(ledger) as connection:
        connection.execute(update(slack_questions).values(beat_at=datetime.now(UTC) - timedelta(seconds=seconds)))


def test_a_question_is_accepted_once(ledger: Engine) -> None:
    assert [accept(ledger, asked(1)), accept(ledger, asked(1)), accept(ledger, asked(2))] == [
        "accepted",
        "known",
        "accepted",
    ]


def test_the_same_ts_in_another_channel_is_another_question(ledger: Engine) -> None:
    assert [accept(ledger, asked(1)), accept(ledger, asked(1, channel="C2"))] == ["accepted", "accepted"]


def test_a_question_that_comes_to_many_servers_is_accepted_once(ledger: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda number: accept(ledger, asked(number % 5 + 1)), range(40)))
    assert (states.count("accepted"), states.count("known")) == (5, 35)


def test_a_reply_is_ours_where_somebody_asked_us_in_the_thread(ledger: Engine) -> None:
    assert accept(ledger, asked(2, thread=1, via="thread")) == "none"
    accept(ledger, asked(3, thread=1))
    assert accept(ledger, asked(4, thread=1, via="thread")) == "accepted"
    assert accept(ledger, asked(5, thread=9, via="thread")) == "none"
    assert accept(ledger, replace(asked(6, thread=1, via="thread"), channel="C2")) == "none"


def test_an_unasked_answer_is_given_in_open_channels_only(ledger: Engine) -> None:
    slack_choices.open_channel(ledger, "T1", "C2")
    assert accept(ledger, asked(1, via="channel")) == "none"
    assert accept(ledger, asked(2, via="channel", channel="C2")) == "accepted"


def test_what_is_not_for_us_leaves_no_words(ledger: Engine) -> None:
    accept(ledger, asked(2, thread=1, via="thread"))
    with pytest.raises(Missing, match="There is no such question"):
        one(ledger, "T1", "C1", asked(2).ts)


def test_the_oldest_question_is_given_first(ledger: Engine) -> None:
    took(ledger, [3, 1, 2])
    assert [number_of(claim(ledger, "w")) for _ in range(3)] == [3, 1, 2]
    assert claim(ledger, "w") is None


def test_a_claimed_question_tells_who_has_it(ledger: Engine) -> None:
    took(ledger, [1, 2])
    found = claim(ledger, "w1")
    assert found is not None
    assert (found.state, found.worker, found.attempts, found.text) == ("answering", "w1", 1, "How many days, 1?")
    assert (found.held_by("w1"), found.held_by("w2")) == (True, False)
    assert one(ledger, "T1", "C1", found.ts) == found
    assert [number_of(each) for each in listed(ledger, "answering")] == [1]
    assert [number_of(each) for each in listed(ledger, "accepted")] == [2]


def test_a_thread_gets_one_answer_after_the_other(ledger: Engine) -> None:
    accept(ledger, asked(1))
    accept(ledger, asked(2, thread=1))
    accept(ledger, asked(3))
    assert [number_of(claim(ledger, "w1")), number_of(claim(ledger, "w2"))] == [1, 3]
    assert claim(ledger, "w3") is None
    say(ledger, 1, "w1", state="answered")
    assert number_of(claim(ledger, "w3")) == 2


@pytest.mark.parametrize("workers", [2, 8])
def test_many_workers_never_get_the_same_question(ledger: Engine, workers: int) -> None:
    took(ledger, range(1, 21))

    def work(name: int) -> list[int]:
        found = []
        while (question := claim(ledger, str(name))) is not None:
            found.append(number_of(question))
        return found

    with ThreadPoolExecutor(workers) as pool:
        given = [number for numbers in pool.map(work, range(workers)) for number in numbers]
    assert sorted(given) == list(range(1, 21))


def test_many_workers_never_answer_two_questions_of_one_thread_at_once(ledger: Engine) -> None:
    accept(ledger, asked(1))
    for number in range(2, 11):
        accept(ledger, asked(number, thread=1, via="thread"))
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda name: claim(ledger, str(name)), range(16)))
    assert [number_of(found) for found in given if found] == [1]


def test_a_question_whose_worker_died_is_given_again(ledger: Engine) -> None:
    took(ledger, [1, 2])
    claim(ledger, "w1")
    silent_for(ledger, 29)
    assert number_of(claim(ledger, "w2")) == 2
    silent_for(ledger, 31)
    again = claim(ledger, "w3")
    assert again is not None
    assert (number_of(again), again.worker, again.attempts) == (1, "w3", 2)


def test_a_worker_that_says_that_it_lives_keeps_its_question(ledger: Engine) -> None:
    took(ledger, [1])
    claim(ledger, "w1")
    silent_for(ledger, 31)
    assert say(ledger, 1, "w1").held_by("w1")
    assert claim(ledger, "w2") is None


def test_the_fourth_time_it_is_given_as_failed_and_then_no_more(ledger: Engine) -> None:
    took(ledger, [1])
    for attempt in (1, 2, 3):
        found = claim(ledger, f"w{attempt}")
        assert found is not None
        assert (found.state, found.attempts) == ("answering", attempt)
        silent_for(ledger, 31)
    last = claim(ledger, "w4")
    assert last is not None
    assert (last.state, last.worker, last.text) == ("failed", "w4", "How many days, 1?")
    silent_for(ledger, 31)
    assert claim(ledger, "w5") is None


def test_what_a_worker_knows_is_kept_for_the_next_one(ledger: Engine) -> None:
    took(ledger, [1])
    claim(ledger, "w1")
    say(ledger, 1, "w1", answer_ts="17.5", streaming=True, conversation="t")
    silent_for(ledger, 31)
    found = claim(ledger, "w2")
    assert found is not None
    assert (found.answer_ts, found.streaming, found.conversation) == ("17.5", True, "t")


def test_a_worker_that_lost_its_question_changes_nothing(ledger: Engine) -> None:
    took(ledger, [1])
    claim(ledger, "w1")
    silent_for(ledger, 31)
    claim(ledger, "w2")
    silent_for(ledger, 20)
    told = say(ledger, 1, "w1", state="answered", answer_ts="1.1", streaming=True, answer="t:2")
    assert not told.held_by("w1")
    assert (told.worker, told.state, told.answer_ts, told.streaming, told.answer) == ("w2", "answering", "", False, "")
    silent_for(ledger, 31)
    say(ledger, 1, "w1")  # its sign of life is none of w2
    assert number_of(claim(ledger, "w3")) == 1


@pytest.mark.parametrize("state", ["answered", "refused", "failed", "dropped"])
def test_an_outcome_is_final(ledger: Engine, state: State) -> None:
    took(ledger, [1])
    claim(ledger, "w1")
    assert say(ledger, 1, "w1", state=state, answer="t:2", streaming=False).state == state
    other: State = "refused" if state != "refused" else "answered"
    assert say(ledger, 1, "w1", state=other, text="Else?").state == state
    assert one(ledger, "T1", "C1", asked(1).ts).state == state
    assert accept(ledger, asked(1)) == "known"
    silent_for(ledger, 99)
    assert claim(ledger, "w2") is None


@pytest.mark.parametrize(("state", "left"), [("answered", ""), ("refused", ""), ("dropped", ""), ("failed", "How")])
def test_the_words_go_with_the_answer_but_not_with_a_failure(ledger: Engine, state: State, left: str) -> None:
    took(ledger, [1])
    claim(ledger, "w1")
    say(ledger, 1, "w1", state=state)
    assert one(ledger, "T1", "C1", asked(1).ts).text[:3] == left


@pytest.mark.parametrize("claimed", [True, False])
def test_whoever_sees_that_a_message_was_deleted_drops_its_question(ledger: Engine, claimed: bool) -> None:
    took(ledger, [1, 2])
    if claimed:
        claim(ledger, "w1")
    assert say(ledger, 1, "w9", state="dropped").state == "dropped"
    assert not say(ledger, 1, "w1", answer_ts="1.1").held_by("w1")
    assert number_of(claim(ledger, "w3")) == 2


def test_an_edited_question_is_asked_as_it_reads_now(ledger: Engine) -> None:
    took(ledger, [1])
    say(ledger, 1, "w9", text="How many nights?")
    found = claim(ledger, "w1")
    assert found is not None
    assert found.text == "How many nights?"


def test_somebody_else_cannot_end_a_question(ledger: Engine) -> None:
    took(ledger, [1])
    assert say(ledger, 1, "w9", state="answered").state == "accepted"
    claim(ledger, "w1")
    assert say(ledger, 1, "w9", state="failed").state == "answering"


def test_what_never_was_a_question_cannot_be_changed(ledger: Engine) -> None:
    with pytest.raises(Missing, match="There is no such question"):
        say(ledger, 1, "w1", state="dropped")
