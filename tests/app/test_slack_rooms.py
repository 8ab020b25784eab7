"""Who left a channel in Slack reads its conversations on the web no more."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from app.access import Action, Caller
from app.conversations import Conversations, NewMessage, Part
from app.slack_client import Asking, Kind, Reader
from app.slack_rooms import Room, channels, forget, known, put, put_asked, readers_at, room_of
from retrieval.errors import Missing

ANN, BEN = Reader("U1", "Ann@office.example"), Reader("U2", "ben@office.example")
GUEST, BOT = Reader("U3", "gil@x.example", guest=True), Reader("U9", "bot@x.example", bot=True)
PLACE = "slack:T1/C1/17.1"
HERS = Caller("ann@office.example", place=PLACE)
ON_THE_WEB = replace(HERS, place="")


def closed(readers: list[Reader]) -> Room:
    return room_of(readers, is_open=False)


def asked(kind: Kind, *readers: Reader, ephemeral: bool = False) -> Asking:
    return Asking("T1", "C1", "17.1", ANN, readers, kind, ephemeral, "How many days?")


@pytest.fixture
def kept(ledger: Engine) -> tuple[Conversations, str]:
    """A conversation that Ann began in a channel."""
    conversations = Conversations(ledger)
    return conversations, conversations.begin(HERS, "How many days?")


def test_members_have_addresses_and_nobody_else(ledger: Engine) -> None:
    found = closed([ANN, BEN, GUEST, BOT])
    assert found == Room(is_open=False, members=frozenset({"ann@office.example", "ben@office.example"}))


def test_an_open_channel_is_left_to_whoever_began_a_conversation(ledger: Engine) -> None:
    for kind in ("public", "direct"):
        put_asked(ledger, asked(kind, GUEST))
        assert readers_at(PLACE, known(ledger)) is None


def test_of_a_closed_channel_its_members_read_and_whoever_asks(ledger: Engine) -> None:
    put_asked(ledger, asked("private", BEN))
    assert readers_at(PLACE, known(ledger)) == frozenset({"ann@office.example", "ben@office.example"})


def test_what_one_person_is_told_says_nothing_of_the_channel(ledger: Engine) -> None:
    put_asked(ledger, asked("private", ANN, ephemeral=True))
    assert known(ledger) == {}


def test_of_a_place_that_nobody_told_of_nobody_reads(ledger: Engine) -> None:
    assert readers_at(PLACE, known(ledger)) == frozenset()
    assert readers_at("", known(ledger)) is None


def test_whoever_left_opens_the_conversation_no_more_and_does_not_see_its_title(
    ledger: Engine, kept: tuple[Conversations, str]
) -> None:
    conversations, conversation = kept
    put(ledger, "T1", "C1", closed([ANN, BEN]))
    assert conversations.open(ON_THE_WEB, conversation, Action.READ_CONVERSATION).place == PLACE
    assert [talk.id for talk in conversations.listed(ON_THE_WEB)] == [conversation]
    put(ledger, "T1", "C1", closed([BEN]))
    for use in (conversations.transcript, conversations.turns, conversations.continued, conversations.forget):
        with pytest.raises(Missing, match="There is no such conversation"):
            use(ON_THE_WEB, conversation)
    assert conversations.listed(ON_THE_WEB) == []


def test_what_was_taken_along_before_is_still_ones_own(ledger: Engine, kept: tuple[Conversations, str]) -> None:
    conversations, conversation = kept
    put(ledger, "T1", "C1", closed([ANN]))
    conversations.add(HERS, conversation, NewMessage("user", "asked", (Part("How many days?"),)))
    copied = conversations.continued(ON_THE_WEB, conversation)
    put(ledger, "T1", "C1", closed([]))
    assert [said.text for said in conversations.transcript(ON_THE_WEB, copied)] == ["How many days?"]


def test_at_its_place_it_goes_on_whoever_left(ledger: Engine, kept: tuple[Conversations, str]) -> None:
    conversations, conversation = kept
    put(ledger, "T1", "C1", closed([BEN]))
    bens = Caller("ben@office.example", place=PLACE)
    assert conversations.open(bens, conversation, Action.READ_CONVERSATION).id == conversation


def test_the_channels_with_conversations_are_known_and_forgotten_with_the_workspace(
    ledger: Engine, kept: tuple[Conversations, str]
) -> None:
    put(ledger, "T1", "C1", Room(is_open=True))
    put(ledger, "T2", "C1", Room(is_open=True))
    assert (channels(ledger, "T1"), channels(ledger, "T2")) == (["C1"], [])
    forget(ledger, "T1")
    assert list(known(ledger)) == [("T2", "C1")]
