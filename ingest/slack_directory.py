"""Who is in a workspace: what people are called, and which e-mail addresses may read a closed channel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.slack_client import Json, SlackClient
from ingest.slack_people import people_in


@dataclass(frozen=True, slots=True)
class Bot:
    """Our app in a workspace: `ids` are what its messages say of their writer."""

    team: str
    user: str
    ids: frozenset[str]


def bot_of(client: SlackClient) -> Bot:
    """The app that the token belongs to."""
    said = client.call("auth.test")
    ids = {str(said[key]) for key in ("user_id", "bot_id") if said.get(key)}
    return Bot(str(said["team_id"]), str(said.get("user_id") or ""), frozenset(ids))


class Directory:
    """The users of a workspace, kept up to date by what events say of them."""

    def __init__(self, team: str, users: Iterable[Json]) -> None:
        self._team = team
        self._users = {str(user["id"]): user for user in users}
        self._people = people_in(self._users.values(), team)

    @property
    def names(self) -> Mapping[str, str]:
        """Names of users and bots by their ids."""
        return self._people.names

    def addresses(self, members: Iterable[str]) -> list[str]:
        """Of those who have a verified address here: no bots, no strangers, nobody who left."""
        known = self._people.addresses
        return sorted(known[member] for member in members if member in known)

    def change(self, user: Mapping[str, Any]) -> None:
        """Somebody came, left, or is called or reached otherwise now."""
        self._users[str(user["id"])] = dict(user)
        self._people = people_in(self._users.values(), self._team)


def directory_of(client: SlackClient, team: str) -> Directory:
    """Everybody that Slack lists; strangers of other workspaces are not among them."""
    return Directory(team, client.listed("users.list", "members"))
