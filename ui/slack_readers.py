"""Who sees what is said in a channel, as Slack tells. Kept for a minute at most, or until an event changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.slack_client import Kind, Reader
from ui.slack_calls import Calls, SlackRefused

_KEPT = 60.0  # seconds
_LISTED_FOR = 600.0  # seconds
_MANY = 30  # members; above, the whole workspace is listed instead of asking for each
_PAGE = 500  # users; Slack allows twenty pages a minute
_SHARED = ("is_ext_shared", "is_pending_ext_shared", "is_org_shared")


@dataclass(frozen=True, slots=True)
class Seen:
    """Who sees a channel. `readers` is None where every employee may, or where Slack does not say who does.

    Of a public channel they are the guests in it: everybody else in the workspace may read it, too.
    """

    kind: Kind
    readers: Sequence[Reader] | None


@dataclass(slots=True)
class Readers:
    """Channels and people of one workspace."""

    calls: Calls
    team: str
    _seen: dict[str, tuple[float, Seen]] = field(default_factory=dict)
    _people: dict[str, tuple[float, Reader]] = field(default_factory=dict)
    _listed: tuple[float, Mapping[str, Reader]] | None = None  # the whole workspace

    def forget(self, channel: str = "") -> None:
        """Ask Slack again: about a channel, or about everything."""
        if channel:
            self._seen.pop(channel, None)
        else:
            self._seen.clear()
            self._people.clear()
            self._listed = None

    async def of(self, channel: str) -> Seen:
        """Who sees this channel."""
        kept = self._seen.get(channel)
        if kept and self._is_fresh(kept[0]):
            return kept[1]
        seen = await self._look(channel)
        self._seen[channel] = (self.calls.clock.now(), seen)
        return seen

    async def reader(self, user: str) -> Reader:
        """One person."""
        kept = self._people.get(user)
        if kept and self._is_fresh(kept[0]):
            return kept[1]
        try:
            found = reader_of((await self.calls("users.info", user=user))["user"], self.team)
        except SlackRefused as exc:
            if exc.error not in ("user_not_found", "user_not_visible", "users_not_found"):
                raise
            found = Reader(user, stranger=True)
        self._people[user] = (self.calls.clock.now(), found)
        return found

    async def _look(self, channel: str) -> Seen:
        try:
            info = (await self.calls("conversations.info", channel=channel))["channel"]
            kind = kind_of(info)
            if kind == "private":
                return Seen(kind, await self._members(channel))
            return Seen(kind, await self._guests_in(channel) if kind == "public" else None)
        except SlackRefused as exc:
            if exc.error not in ("channel_not_found", "fetch_members_failed", "not_in_channel"):
                raise
            return Seen("private", None)

    async def _guests_in(self, channel: str) -> list[Reader] | None:
        """Who reads a public channel without being an employee. A workspace without guests is not asked for members."""
        everybody = await self._workspace()
        if not any(_is_guest(reader) for reader in everybody.values()):
            return None
        members: list[str] = await self.calls.all("conversations.members", "members", channel=channel, limit=1000)
        found = [everybody.get(user) or await self.reader(user) for user in members]
        return [reader for reader in found if _is_guest(reader)] or None

    async def _members(self, channel: str) -> list[Reader]:
        members: list[str] = await self.calls.all("conversations.members", "members", channel=channel, limit=1000)
        unknown = [user for user in members if not self._knows(user)]
        if len(unknown) > _MANY:
            now = self.calls.clock.now()
            self._people |= {user: (now, reader) for user, reader in (await self._workspace()).items()}
        return [await self.reader(user) for user in members]

    async def _workspace(self) -> Mapping[str, Reader]:
        """Everybody whom Slack lists. Kept for long: an event tells when somebody comes or becomes a guest."""
        now = self.calls.clock.now()
        if self._listed is None or now - self._listed[0] >= _LISTED_FOR:
            users = await self.calls.all("users.list", "members", limit=_PAGE)
            self._listed = now, {user["id"]: reader_of(user, self.team) for user in users if not user.get("deleted")}
        return self._listed[1]

    def _knows(self, user: str) -> bool:
        return user in self._people and self._is_fresh(self._people[user][0])

    def _is_fresh(self, at: float) -> bool:
        return self.calls.clock.now() - at < _KEPT


def _is_guest(reader: Reader) -> bool:
    return (reader.guest or reader.stranger) and not reader.bot


def kind_of(channel: Mapping[str, Any]) -> Kind:
    """Whom an answer there is for. A channel that other companies see is no public one, whatever it is called."""
    if channel.get("is_im"):
        return "direct"
    if channel.get("is_mpim") or channel.get("is_private") or any(channel.get(name) for name in _SHARED):
        return "private"
    return "public"


def reader_of(user: Mapping[str, Any], team: str) -> Reader:
    """A user. Only a full, living member of our own workspace has an address that counts."""
    teams = (user.get("enterprise_user") or {}).get("teams") or [user.get("team_id") or team]
    stranger = bool(user.get("is_stranger")) or team not in teams
    guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
    bot = bool(user.get("is_bot")) or user["id"] == "USLACKBOT"
    counts = not (stranger or guest or bot or user.get("deleted")) and user.get("is_email_confirmed") is not False
    email = (user.get("profile") or {}).get("email") if counts else ""
    return Reader(user["id"], email if isinstance(email, str) else "", guest, stranger, bot)
