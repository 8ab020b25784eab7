"""A file as files.info shows it, with its bytes."""

from dataclasses import dataclass, field
from typing import Any

from tests.fake_slack.wire import JSON


@dataclass
class File:
    """One file."""

    id: str
    name: str
    content: bytes
    user: str
    mimetype: str = "application/octet-stream"
    title: str = ""
    created: int = 1
    deleted: bool = False
    access: str = "visible"
    shares: dict[str, list[JSON]] = field(default_factory=dict)  # by channel

    def json(self, url: str, domain: str, team: str, sorts: dict[str, str]) -> JSON:
        """The object of files.info; `sorts` names the kind of each channel, as in `channel_type`."""
        kind = self.name.rpartition(".")[2].lower()
        where: JSON = {"public": {}, "private": {}}
        for channel, shares in self.shares.items():
            where["public" if sorts[channel] == "channel" else "private"][channel] = shares
        private = f"{url}/files-pri/{team}-{self.id}"
        card: JSON = {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.user,
            "user_team": team,
            "editable": False,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": bool(where["public"]),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{private}/{self.name}",
            "url_private_download": f"{private}/download/{self.name}",
            "permalink": f"https://{domain}.slack.com/files/{self.user}/{self.id}/{self.name}",
            "file_access": self.access,
            "shares": {key: value for key, value in where.items() if value},
        }
        return card | self._channels(sorts)

    def _channels(self, sorts: dict[str, str]) -> dict[str, Any]:
        def of(*wanted: str) -> list[str]:
            return [channel for channel in self.shares if sorts[channel] in wanted]

        return {"channels": of("channel"), "groups": of("group", "mpim"), "ims": of("im")}
