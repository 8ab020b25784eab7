from typing import Any

import pytest

from ingest.slack_directory import Directory


def user(id: str, email: str = "", **more: Any) -> dict[str, Any]:  # noqa: A002
    profile = {"real_name": f"Name {id}", **({"email": email} if email else {})}
    return {"id": id, "team_id": "T1", "profile": profile, **more}


@pytest.fixture
def directory() -> Directory:
    users = [
        user("U1", "Hana@X.example"),
        user("U2", "sam@x.example", deleted=True),
        user("U3", "gil@x.example", is_restricted=True),
        user("U4", "sue@x.example", is_stranger=True),
        user("U5", "ben@x.example", is_email_confirmed=False),
        user("U6", "bot@x.example", is_bot=True),
        user("U7", "far@x.example", team_id="T2"),
        user("U8"),
    ]
    return Directory("T1", users)


def test_only_people_of_the_workspace_with_a_verified_address_have_one(directory: Directory) -> None:
    everybody = [f"U{number}" for number in range(1, 10)]
    assert directory.addresses(everybody) == ["gil@x.example", "hana@x.example"]


def test_everybody_has_a_name(directory: Directory) -> None:
    assert [directory.names[one] for one in ("U1", "U2", "U8", "USLACKBOT")] == [
        "Name U1",
        "Name U2",
        "Name U8",
        "Slackbot",
    ]


def test_what_changes_about_somebody_counts_at_once(directory: Directory) -> None:
    directory.change(user("U1", "hana@x.example", deleted=True))
    directory.change(user("U9", "new@x.example"))
    assert directory.addresses(["U1", "U9"]) == ["new@x.example"]
