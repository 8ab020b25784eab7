from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.bootstrap import Home
from ingest.slack_state import ChannelState, SlackState, ThreadState

GENERAL = ChannelState("C1", "general", "everyone")
TEAM = ChannelState("G1", "people-team", "slack:T1/G1", ("U1", "U2"))


def thread(root: str, latest: str = "", *users: str) -> ThreadState:
    return ThreadState(root, latest or root, int(bool(latest)), users or ("U1",), f"stamp of {root}")


@pytest.fixture
def state(home: Home) -> SlackState:
    made = SlackState(home.engine, "T1")
    made.put_channel(GENERAL)
    made.put_channel(TEAM)
    return made


def test_channels_come_back_as_they_were_put(state: SlackState) -> None:
    now = datetime(2026, 1, 5, 8, tzinfo=UTC)
    state.put_channel(replace(TEAM, name="hr", newest="3.0", compared_at=now))
    assert state.channels() == {"C1": GENERAL, "G1": replace(TEAM, name="hr", newest="3.0", compared_at=now)}


def test_a_change_touches_one_channel_of_one_workspace(state: SlackState, home: Home) -> None:
    other = SlackState(home.engine, "T2")
    other.put_channel(GENERAL)
    state.change_channel("C1", newest="9.0", is_whole=True)
    state.change_channel("C404", newest="9.0")
    assert state.channels() == {"C1": replace(GENERAL, newest="9.0", is_whole=True), "G1": TEAM}
    assert other.channels() == {"C1": GENERAL}


def test_threads_are_found_by_when_they_began(state: SlackState) -> None:
    state.put_threads("C1", [thread("1.0"), thread("2.0"), thread("3.0"), thread("4.0")])
    state.put_threads("G1", [thread("2.0")])
    assert state.threads("C1", "2.0", "3.0") == {"2.0": thread("2.0"), "3.0": thread("3.0")}


def test_putting_a_thread_again_replaces_it_and_others_can_go(state: SlackState) -> None:
    state.put_threads("C1", [thread("1.0"), thread("2.0")])
    state.put_threads("C1", [thread("1.0", "5.0")], gone=["2.0"])
    assert state.threads("C1", "", "9.0") == {"1.0": thread("1.0", "5.0")}


def test_old_threads_with_new_replies_are_active(state: SlackState) -> None:
    state.put_threads("C1", [thread("1.0", "7.0"), thread("2.0", "3.0"), thread("6.0", "8.0")])
    assert state.active_before("C1", "5.0", "4.0") == [thread("1.0", "7.0")]


def test_threads_of_people_are_found_in_every_channel(state: SlackState) -> None:
    state.put_threads("C1", [thread("1.0", "", "U1", "U2"), thread("2.0", "", "U3")])
    state.put_threads("G1", [thread("3.0", "", "U2")])
    assert state.threads_of(["U2", "U9"]) == [("C1", "1.0"), ("G1", "3.0")]
    assert state.threads_of([]) == []


def test_beginning_again_forgets_how_far_a_channel_was_and_not_what_it_is(state: SlackState) -> None:
    state.put_channel(replace(TEAM, newest="9.0", is_whole=True))
    state.put_threads("G1", [thread("1.0")])
    state.begin_again("G1")
    assert (state.channels()["G1"], state.threads("G1", "", "9.0")) == (TEAM, {})


def test_a_forgotten_channel_leaves_the_others(state: SlackState) -> None:
    for channel in ("C1", "G1"):
        state.put_threads(channel, [thread("1.0")])
    state.forget_channel("G1")
    assert (list(state.channels()), state.threads("G1", "", "9.0")) == (["C1"], {})
    assert state.threads("C1", "", "9.0") == {"1.0": thread("1.0")}


def test_what_is_deleted_is_remembered_by_channel(state: SlackState) -> None:
    for ts in ("1.0", "1.0", "2.0"):
        state.note_deleted("C1", ts)
    assert (state.deleted("C1"), state.deleted("G1")) == (frozenset({"1.0", "2.0"}), frozenset())
