import pytest

from ingest.slack_people import people_in, team_of
from tests.slack_zip import HANA, SAM


def test_people_have_names_and_addresses() -> None:
    people = people_in([HANA, SAM], "T1")
    assert people.names == {"U1": "Hana Okoro", "U2": "Sam Whitlock", "USLACKBOT": "Slackbot"}
    assert people.addresses == {"U1": "hana@x.example", "U2": "sam@x.example"}


@pytest.mark.parametrize(
    "more",
    [
        {"deleted": True},
        {"is_bot": True},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"is_email_confirmed": False},
        {"profile": {}},
        {"profile": None},
        {"profile": {"email": ""}},
        {"profile": {"email": 3}},
    ],
)
def test_who_cannot_be_anybody_here_has_no_address(more: dict[str, object]) -> None:
    people = people_in([SAM, HANA | {"name": "hana"} | more], "T1")
    assert (people.addresses, "U1" in people.names) == ({"U2": "sam@x.example"}, True)


@pytest.mark.parametrize("guest", ["is_restricted", "is_ultra_restricted"])
def test_a_guest_has_an_address(guest: str) -> None:
    """For the channels that the guest is a member of; no export makes anybody a member of everyone."""
    assert people_in([HANA | {guest: True}], "T1").addresses == {"U1": "hana@x.example"}


def test_people_of_an_organisations_workspaces_are_no_strangers() -> None:
    assert people_in([HANA, SAM | {"team_id": "T2"}], "").addresses == {"U1": "hana@x.example", "U2": "sam@x.example"}


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"profile": {"display_name": "ada"}, "name": "af"}, "ada"),
        ({"real_name": "Ada", "profile": {}}, "Ada"),
        ({"name": "af", "deleted": True}, "af"),
        ({}, "U3"),
        ({"name": 3, "profile": "x"}, "U3"),
    ],
)
def test_somebody_is_called_what_the_export_tells(user: dict[str, object], name: str) -> None:
    assert people_in([{"id": "U3"} | user], "T1").names["U3"] == name


def test_a_bot_is_called_the_same_by_both_its_ids() -> None:
    assert (
        people_in([{"id": "U3", "name": "rota", "is_bot": True, "profile": {"bot_id": "B3"}}], "T1").names["B3"]
        == "rota"
    )


def test_the_team_is_the_one_that_most_people_have() -> None:
    assert team_of([SAM | {"team_id": "T2"}, HANA, SAM, {"id": "U3"}], organisation=False) == "T1"


def test_an_organisation_has_an_id_of_its_own() -> None:
    users = [HANA | {"enterprise_user": {"enterprise_id": "E1"}}, SAM]
    assert team_of(users, organisation=True) == "E1"


def test_without_a_team_there_is_none() -> None:
    assert team_of([{"id": "U1"}, {"id": "U2", "team_id": 3}], organisation=False) == ""
