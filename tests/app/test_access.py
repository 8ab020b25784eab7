"""Who may do what: unknown means no."""

from dataclasses import replace

import pytest

from app.access import NOBODY, Action, Caller, Resource, authorize, caller_for
from app.bootstrap import Home
from retrieval.errors import Forbidden, Missing

SAM = Caller("sam@office.example")
HANA = Caller("hana@office.example", frozenset({"group:hr"}))
ADMIN = Caller("ada@office.example", frozenset({"group:admins"}))


def test_nobody_reads_what_everyone_reads_and_nothing_else() -> None:
    assert NOBODY.scope.audiences == {"everyone"}


def test_a_member_of_a_group_reads_its_documents_too() -> None:
    assert HANA.scope.audiences == {"everyone", "group:hr"}


@pytest.mark.parametrize("action", [Action.READ_CONVERSATION, Action.CHANGE_CONVERSATION])
@pytest.mark.parametrize("caller", [NOBODY, HANA, ADMIN], ids=["nobody", "another", "admin"])
def test_a_conversation_is_its_owners_alone(action: Action, caller: Caller) -> None:
    authorize(SAM, action, Resource(owner=SAM.email))
    with pytest.raises(Missing, match="There is no such conversation"):
        authorize(caller, action, Resource(owner=SAM.email))


@pytest.mark.parametrize("action", [Action.READ_CONVERSATION, Action.CHANGE_CONVERSATION])
def test_a_conversation_at_a_place_is_its_owners_and_of_whoever_is_there(action: Action) -> None:
    of_sam = Resource(owner=SAM.email, place="slack:T1/C1/17.1")
    for caller in (SAM, replace(HANA, place=of_sam.place), replace(NOBODY, place=of_sam.place)):
        authorize(caller, action, of_sam)
    for caller in (HANA, NOBODY, ADMIN, replace(HANA, place="slack:T1/C1/18.1")):
        with pytest.raises(Missing, match="There is no such conversation"):
            authorize(caller, action, of_sam)


def test_being_nowhere_is_no_place() -> None:
    with pytest.raises(Missing):
        authorize(HANA, Action.READ_CONVERSATION, Resource(owner=SAM.email, place=""))


def test_only_the_service_itself_serves_slack() -> None:
    authorize(Caller(service=True), Action.SERVE_SLACK)
    for caller in (NOBODY, SAM, ADMIN):
        with pytest.raises(Forbidden, match="Only the service itself may do this"):
            authorize(caller, Action.SERVE_SLACK)


def test_the_service_itself_is_no_admin_and_owns_nothing() -> None:
    service = Caller(service=True)
    with pytest.raises(Forbidden):
        authorize(service, Action.MANAGE)
    with pytest.raises(Missing):
        authorize(service, Action.READ_CONVERSATION, Resource(owner=SAM.email, place="slack:T1/C1/17.1"))


def test_an_outsider_reads_not_even_what_everyone_reads() -> None:
    assert Caller(outsider=True).scope.audiences == set()
    assert Caller("", frozenset({"slack:T1/C1"}), outsider=True).scope.audiences == {"slack:T1/C1"}


def test_only_the_demo_lists_its_people() -> None:
    authorize(NOBODY, Action.LIST_PEOPLE, Resource(demo=True))
    with pytest.raises(Forbidden, match="Only the demo lists its people"):
        authorize(ADMIN, Action.LIST_PEOPLE, Resource(demo=False))


@pytest.mark.parametrize("action", [Action.ASK, Action.READ_DOCUMENTS])
def test_everybody_may_ask_and_read_inside_the_own_scope(action: Action) -> None:
    authorize(NOBODY, action)
    authorize(SAM, action)


@pytest.mark.parametrize("email", ["", None])
def test_without_an_address_the_caller_is_nobody(office: Home, email: str | None) -> None:
    assert caller_for(office.engine, email) == NOBODY


def test_groups_of_a_caller_come_from_the_ledger(office: Home) -> None:
    hana, sam = (caller_for(office.engine, f"{name}@office.example") for name in ("hana", "sam"))
    assert hana == Caller("hana@office.example", frozenset({"group:hr"}), "GB")
    assert sam == Caller("sam@office.example", country="GB")


def test_an_unknown_address_is_refused_with_what_to_do(office: Home) -> None:
    with pytest.raises(Missing, match=r"'eve@evil.example' is known. Import people with: frontdesk people import FILE"):
        caller_for(office.engine, "eve@evil.example")
