"""The people of an export: what they are called, and who of them has an identity here."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]

_OF_SLACK = {"USLACKBOT": "Slackbot"}


@dataclass(frozen=True, slots=True)
class People:
    """Names by the ids of users and bots; e-mail addresses of those who may be somebody here.

    Without an address: who was deleted, bots, strangers of other companies, and whoever the export gives none for.
    """

    names: Mapping[str, str]
    addresses: Mapping[str, str]


def team_of(users: Iterable[Record], *, organisation: bool) -> str:
    """The id of the workspace, or of the organisation; empty where no user tells."""
    if organisation:
        ids = [dict_at(user, "enterprise_user").get("enterprise_id") for user in users]
    else:
        ids = [user.get("team_id") for user in users]
    found = Counter(one for one in ids if isinstance(one, str) and one).most_common(1)
    return found[0][0] if found else ""


def people_in(users: Iterable[Record], team: str) -> People:
    """Everybody that the lists of users name; `team` is empty where people of several teams are no strangers."""
    names, addresses = dict(_OF_SLACK), {}
    for user in users:
        profile = dict_at(user, "profile")
        called = _name(user, profile)
        names[user["id"]] = called
        if isinstance(profile.get("bot_id"), str):
            names[profile["bot_id"]] = called
        address = profile.get("email")
        if isinstance(address, str) and address and _has_identity(user, team):
            addresses[user["id"]] = address.lower()
    return People(names, addresses)


def dict_at(record: Record, key: str) -> dict[str, Any]:
    """The object under that key; an empty one where there is none."""
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def _has_identity(user: Record, team: str) -> bool:
    marks = ("deleted", "is_bot", "is_stranger", "is_workflow_bot")
    is_foreign = bool(team and user.get("team_id") and user["team_id"] != team)
    return not any(user.get(mark) for mark in marks) and not is_foreign and user.get("is_email_confirmed") is not False


def _name(user: Record, profile: Record) -> str:
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"), user.get("name"))
    return next((name for name in names if isinstance(name, str) and name), str(user["id"]))
