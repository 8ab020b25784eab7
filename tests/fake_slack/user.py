"""A user as users.info shows it: a member, a guest, a bot, a stranger from another workspace, somebody who left."""

from dataclasses import dataclass
from enum import Enum

from tests.fake_slack.wire import JSON


class Rank(Enum):
    """What somebody is in this workspace."""

    MEMBER = "member"
    ADMIN = "admin"
    GUEST = "multi-channel guest"
    NARROW_GUEST = "single-channel guest"
    STRANGER = "stranger"
    BOT = "bot"


@dataclass
class User:
    """One user."""

    id: str
    name: str
    real_name: str = ""
    email: str = ""
    rank: Rank = Rank.MEMBER
    team: str = "T1"
    deleted: bool = False
    email_confirmed: bool = True
    bot_id: str = ""
    updated: int = 1

    @property
    def is_guest(self) -> bool:
        """Somebody who sees only the channels they were put in."""
        return self.rank in (Rank.GUEST, Rank.NARROW_GUEST)

    def json(self, *, with_email: bool = True) -> JSON:
        """The object of users.info."""
        profile: JSON = {"real_name": self.real_name or self.name, "display_name": self.name, "team": self.team}
        head: JSON = {"id": self.id, "team_id": self.team, "name": self.name, "deleted": self.deleted}
        if self.rank is Rank.STRANGER:
            return head | {"is_stranger": True, "is_bot": False, "updated": self.updated, "profile": profile}
        if with_email and self.email:
            profile["email"] = self.email
        if self.deleted:
            return head | {"profile": profile, "is_bot": self.rank is Rank.BOT, "updated": self.updated}
        return head | self._details(profile)

    def _details(self, profile: JSON) -> JSON:
        shown = {
            "real_name_normalized": profile["real_name"],
            "display_name_normalized": self.name,
            "title": "",
            "avatar_hash": "g",
            "image_72": "https://avatars.invalid/72.png",
            "status_text": "",
            "status_emoji": "",
        }
        return {
            "color": "9f69e7",
            "real_name": profile["real_name"],
            "tz": "Europe/Zurich",
            "tz_label": "Central European Time",
            "tz_offset": 3600,
            "profile": profile | shown | ({"bot_id": self.bot_id} if self.bot_id else {}),
            "is_admin": self.rank is Rank.ADMIN,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_guest,
            "is_ultra_restricted": self.rank is Rank.NARROW_GUEST,
            "is_bot": self.rank is Rank.BOT,
            "is_app_user": False,
            "updated": self.updated,
            "is_email_confirmed": self.email_confirmed,
        }
