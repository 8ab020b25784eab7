"""A channel as conversations.info shows it, with its members and its messages."""

from dataclasses import dataclass, field
from enum import Enum

from tests.fake_slack.wire import JSON


class Sort(Enum):
    """The four kinds of channel; the value is what events call `channel_type`."""

    PUBLIC = "channel"
    PRIVATE = "group"
    DIRECT = "im"
    GROUP_DIRECT = "mpim"

    @property
    def scope(self) -> str:
        """The first half of the scopes for this kind."""
        return {"channel": "channels", "group": "groups"}.get(self.value, self.value)

    @property
    def listed(self) -> str:
        """What `types` calls it."""
        return {"channel": "public_channel", "group": "private_channel"}.get(self.value, self.value)


@dataclass
class Channel:
    """One channel. Messages are Slack's own JSON, by ts, oldest first."""

    id: str
    name: str
    sort: Sort = Sort.PUBLIC
    members: list[str] = field(default_factory=list)
    creator: str = ""
    created: int = 1
    archived: bool = False
    deleted: bool = False
    shared_with: list[str] = field(default_factory=list)
    topic: str = ""
    canvas: str = ""
    messages: dict[str, JSON] = field(default_factory=dict)

    @property
    def is_private(self) -> bool:
        """Whether only members know of it."""
        return self.sort is not Sort.PUBLIC

    def thread(self, root: str) -> list[JSON]:
        """The root and its replies, oldest first."""
        return [message for ts, message in self.messages.items() if root in (ts, message.get("thread_ts"))]

    def json(self, me: str, team: str = "T1") -> JSON:
        """The object of conversations.info, as this user sees it."""
        if self.sort is Sort.DIRECT:
            return self._direct(me, team)
        said = {"creator": "", "last_set": 0}
        properties: JSON = {"canvas": {"file_id": self.canvas, "is_empty": False}} if self.canvas else {}
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.sort is Sort.PUBLIC,
            "is_group": self.sort is Sort.PRIVATE,
            "is_im": False,
            "is_mpim": self.sort is Sort.GROUP_DIRECT,
            "is_private": self.is_private,
            "created": self.created,
            "is_archived": self.archived,
            "is_general": self.name == "general",
            "unlinked": 0,
            "name_normalized": self.name,
            "is_shared": bool(self.shared_with),
            "is_org_shared": False,
            "is_ext_shared": bool(self.shared_with),
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "shared_team_ids": [team, *self.shared_with],
            "connected_team_ids": self.shared_with,
            "context_team_id": team,
            "updated": self.created * 1000,
            "parent_conversation": None,
            "creator": self.creator,
            "is_member": me in self.members,
            "topic": {"value": self.topic} | said,
            "purpose": {"value": ""} | said,
            "previous_names": [],
            "properties": properties | {"tabs": []},
        }

    def _direct(self, me: str, team: str) -> JSON:
        other = next((member for member in self.members if member != me), me)
        return {
            "id": self.id,
            "created": self.created,
            "is_im": True,
            "is_org_shared": False,
            "is_archived": self.archived,
            "user": other,
            "is_user_deleted": False,
            "context_team_id": team,
            "updated": self.created,
            "priority": 0,
        }
