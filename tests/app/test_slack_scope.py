"""Law 1 in Slack: an answer is built from what everybody who will see it may read. Unknown means no."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bootstrap import Home
from app.slack_client import Asking, Kind, Reader
from app.slack_scope import alone, caller_of, is_outsider, place_of, readings_of, scope_of
from retrieval.access import Scope
from retrieval.ledger import runs

HANA, MARCUS, SAM = (Reader(f"U{n}", f"{name}@office.example") for n, name in enumerate(("hana", "marcus", "sam")))
UNKNOWN, UNCONFIRMED = Reader("U5", "new@office.example"), Reader("U6")
GUEST = Reader("U7", "hana@office.example", guest=True)
STRANGER = Reader("U8", "hana@office.example", stranger=True)
BOT = Reader("U9", "hana@office.example", bot=True)
READINGS = {
    "hana@office.example": frozenset({"group:hr", "group:leads", "slack:T1/C1"}),
    "marcus@office.example": frozenset({"group:leads", "slack:T1/C1"}),
    "sam@office.example": frozenset({"slack:T1/C2"}),
}
EVERYONE, HERE = "everyone", "slack:T1/C1"


def asking(kind: Kind, asker: Reader, readers: Sequence[Reader] | None = None, *, ephemeral: bool = False) -> Asking:
    return Asking("T1", "C1", "17.1", asker, readers, kind, ephemeral, "How many days?")


def audiences(
    kind: Kind, asker: Reader, readers: Sequence[Reader] | None = None, *, ephemeral: bool = False
) -> set[str]:
    return set(scope_of(asking(kind, asker, readers, ephemeral=ephemeral), READINGS).audiences)


def test_a_public_answer_is_built_from_what_everyone_reads() -> None:
    assert audiences("public", HANA) == {EVERYONE, HERE}
    assert audiences("public", HANA, [HANA, SAM, BOT]) == {EVERYONE, HERE}


def test_a_public_channel_that_a_guest_reads_gives_nobody_more_than_the_channel() -> None:
    assert audiences("public", HANA, [GUEST]) == audiences("public", SAM, [HANA, GUEST]) == {HERE}


@pytest.mark.parametrize("asker", [GUEST, STRANGER, BOT], ids=["guest", "stranger", "bot"])
def test_an_outsider_gets_nothing_but_the_channel_in_public(asker: Reader) -> None:
    assert audiences("public", asker) == {HERE}


def test_a_public_channel_that_strangers_share_gives_them_nothing_but_the_channel() -> None:
    assert audiences("public", HANA, [HANA, STRANGER]) == {HERE}


def test_a_private_answer_is_built_from_what_every_member_reads() -> None:
    assert audiences("private", HANA, [HANA, MARCUS]) == {EVERYONE, HERE, "group:leads"}
    assert audiences("private", HANA, [HANA, MARCUS, SAM]) == {EVERYONE, HERE}
    assert audiences("private", HANA, [HANA]) == {EVERYONE, HERE, "group:hr", "group:leads"}


@pytest.mark.parametrize("member", [UNKNOWN, UNCONFIRMED], ids=["unknown", "unconfirmed"])
def test_a_member_whom_nobody_knows_reads_what_everyone_reads(member: Reader) -> None:
    assert audiences("private", HANA, [HANA, member]) == {EVERYONE, HERE}


@pytest.mark.parametrize("member", [GUEST, STRANGER], ids=["guest", "stranger"])
def test_with_an_outsider_in_it_a_private_channel_reads_nothing_but_itself(member: Reader) -> None:
    assert audiences("private", HANA, [HANA, member]) == {HERE}
    assert audiences("private", member, [HANA]) == {HERE}


def test_a_bot_in_a_private_channel_takes_nothing_away() -> None:
    assert audiences("private", HANA, [HANA, BOT]) == audiences("private", HANA, [HANA])


@pytest.mark.parametrize("readers", [None, []], ids=["not told", "empty"])
def test_a_private_channel_whose_members_are_not_told_gives_no_more_than_the_asker_and_the_channel(
    readers: list[Reader] | None,
) -> None:
    assert audiences("private", SAM, readers) <= {EVERYONE, HERE, "slack:T1/C2"}
    assert audiences("private", HANA, None) == {HERE}
    assert audiences("private", BOT, readers) == audiences("private", BOT, [HANA]) == {HERE}


@pytest.mark.parametrize(("kind", "ephemeral"), [("direct", False), ("public", True), ("private", True)])
def test_what_only_the_asker_sees_is_built_from_what_the_asker_reads(kind: Kind, ephemeral: bool) -> None:
    def found(asker: Reader) -> set[str]:
        return audiences(kind, asker, [HANA, STRANGER], ephemeral=ephemeral)

    assert found(HANA) == {EVERYONE, HERE, "group:hr", "group:leads"}
    assert found(SAM) == {EVERYONE, "slack:T1/C2"}
    assert found(UNKNOWN) == found(UNCONFIRMED) == {EVERYONE}
    assert found(GUEST) == {HERE}
    assert found(STRANGER) == found(BOT) == set()


def test_an_address_is_known_in_any_spelling() -> None:
    assert alone(Reader("U0", " Sam@Office.example "), "T1", "C1", READINGS) == Scope(
        frozenset({EVERYONE, "slack:T1/C2"})
    )


def test_an_ephemeral_answer_has_no_place() -> None:
    assert place_of(asking("private", HANA, [HANA])) == "slack:T1/C1/17.1"
    assert place_of(asking("private", HANA, [HANA], ephemeral=True)) == ""


def test_readings_come_from_the_ledger_for_full_members_only(office: Home) -> None:
    found = readings_of(
        office.engine, [replace(HANA, email="HANA@office.example"), SAM, replace(STRANGER, email="m@x.y")]
    )
    assert found == {"hana@office.example": {"group:hr"}}
    assert readings_of(office.engine, [GUEST, STRANGER, BOT, UNCONFIRMED]) == {}


def test_readings_of_a_whole_town(own_office: Home) -> None:
    town = [Reader(f"U{number}", f"p{number}@office.example") for number in range(1_203)]
    runs.set_members(own_office.engine, {"group:town": [reader.email for reader in town[:1_202]]})
    found = readings_of(own_office.engine, town)
    assert (len(found), set(found.values())) == (1_202, {frozenset({"group:town"})})


def test_a_caller_may_read_exactly_the_scope(office: Home) -> None:
    for found in ({EVERYONE, HERE}, {HERE}, set()):
        caller = caller_of(office.engine, HANA, Scope(frozenset(found)), "slack:T1/C1/17.1")
        assert (set(caller.scope.audiences), caller.email, caller.country) == (found, HANA.email, "GB")
    assert caller_of(office.engine, GUEST, Scope(frozenset())).email == ""


addresses = st.sampled_from([*READINGS, "new@office.example", ""])
flags = st.sampled_from([{}, {}, {}, {"guest": True}, {"stranger": True}, {"bot": True}])
readers = st.builds(lambda user, email, flag: Reader(user, email, **flag), st.just("U1"), addresses, flags)
several = st.lists(readers, max_size=5)
kinds = st.sampled_from(["public", "private", "direct"])


@given(asker=readers, members=several)
def test_a_private_channel_reads_nothing_that_a_member_may_not_but_itself(asker: Reader, members: list[Reader]) -> None:
    found = audiences("private", asker, members) - {HERE}
    for member in [asker, *members]:
        if not member.bot:
            own = set() if is_outsider(member) else alone(member, "T1", "C1", READINGS).audiences
            assert found <= own


@given(kind=kinds, asker=readers, members=several, another=readers, ephemeral=st.booleans())
def test_another_reader_never_widens_the_scope(
    kind: Kind, asker: Reader, members: list[Reader], another: Reader, ephemeral: bool
) -> None:
    before = audiences(kind, asker, members, ephemeral=ephemeral)
    assert audiences(kind, asker, [*members, another], ephemeral=ephemeral) <= before


@given(kind=kinds, asker=readers, members=several)
def test_nobody_gets_more_where_others_see_it_than_alone_but_the_channel(
    kind: Kind, asker: Reader, members: list[Reader]
) -> None:
    assert audiences(kind, asker, members) - {HERE} <= alone(asker, "T1", "C1", READINGS).audiences


@given(kind=kinds, asker=readers, members=several, ephemeral=st.booleans())
def test_not_knowing_the_members_of_a_private_channel_never_widens_it(
    kind: Kind, asker: Reader, members: list[Reader], ephemeral: bool
) -> None:
    assert audiences("private", asker, None, ephemeral=ephemeral) <= audiences(
        "private", asker, members, ephemeral=ephemeral
    )
