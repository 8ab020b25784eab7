"""Turn workspace.toml and messages/*.txt into export.zip, a Slack export as a workspace's owner downloads it.

A message starts with `2025-03-04 09:12 hana` (UTC) and goes on until the next such line; four spaces before
each of its lines make it a reply to the message above. `@hana`, `#travel` and `[label](https://...)` become
Slack's markup. Lines starting with `+ ` say more: `react EMOJI NAME...`, `edited DATE TIME`, `subtype NAME`,
`file NAME BYTES`, `blocks` (the text as rich text too). `--check` fails when export.zip is out of date.
"""

import html
import io
import json
import re
import sys
import tomllib
import uuid
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]

HERE = Path(__file__).parent
ARCHIVE = HERE / "export.zip"
HEADER = re.compile(r"^( {4}|)(\d{4}-\d\d-\d\d \d\d:\d\d) (\w+)$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\(((?:https://|mailto:)[^)]+)\)")
PIECE = re.compile(
    r"<@(?P<user_id>\w+)>|<#(?P<channel_id>\w+)\|[^>]+>|<(?P<url>[^|>]+)\|(?P<label>[^>]+)>"
    r"|:(?P<name>[a-z][a-z0-9_+-]*):|(?P<text>((?!:[a-z][a-z0-9_+-]*:)[^<])+)"
)
PIECE_TYPES = {"user_id": "user", "channel_id": "channel", "url": "link", "name": "emoji", "text": "text"}
FILE_TYPES = {"pdf": "application/pdf", "png": "image/png", "csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as it stands in a text file."""

    channel: str
    when: datetime
    author: str
    text: str
    facts: dict[str, list[list[str]]]

    @property
    def ts(self) -> str:
        """Slack's id of the message: rewording keeps it; another minute, author or channel does not."""
        spread = zlib.crc32(f"{self.channel} {self.when:%Y-%m-%d %H:%M} {self.author}".encode())
        return f"{int(self.when.timestamp()) + spread % 60}.{spread % 1_000_000:06d}"


class Workspace:
    """The people and channels of workspace.toml, and what the export says about them."""

    def __init__(self, settings: Json) -> None:
        self.team, self.token = settings["team"], settings["files_token"]
        self.people, self.channels, self.offices = (settings[key] for key in ("people", "channels", "offices"))

    def user(self, key: str) -> Json:
        """A line of users.json."""
        person, name = self.people[key], self.people[key]["name"]
        login = name.lower().replace(" ", ".")
        contact = {"bot_id": person["bot"]} if "bot" in person else {"email": f"{login}@quillmere.example"}
        profile = {"real_name": name, "display_name": key, "title": person.get("title", ""), **contact}
        flags = {f"is_{flag}": person.get(flag, False) for flag in ("admin", "owner", "restricted")}
        user = {"id": person["id"], "team_id": self.team, "name": login, "real_name": name}
        user |= {"deleted": person.get("deleted", False), "is_bot": "bot" in person, "updated": 1793577600}
        return {**user, **flags, **self.offices[person["office"]], "profile": profile}

    def channel(self, name: str) -> Json:
        """A line of channels.json or groups.json."""
        channel = self.channels[name]
        creator, created = self.people[channel["creator"]]["id"], int(channel["created"].timestamp())
        full = [key for key, one in self.people.items() if not one.keys() & {"restricted", "bot", "deleted"}]
        members = [self.people[key]["id"] for key in channel.get("members", full)]
        line: Json = {"id": channel["id"], "name": name, "created": created, "creator": creator}
        line |= {"is_archived": False, "is_general": name == "general", "members": members}
        for key in ("topic", "purpose"):
            line[key] = {"value": channel[key], "creator": creator, "last_set": created}
        return line

    def marked_up(self, text: str) -> str:
        """The text as Slack stores it, with ids in place of names."""
        names = {f"@{key}": f"<@{one['id']}>" for key, one in self.people.items()}
        names |= {f"#{key}": f"<#{one['id']}|{key}>" for key, one in self.channels.items()}
        names |= {"@channel": "<!channel>", "@here": "<!here>"}
        text = LINK.sub(r"<\2|\1>", html.escape(text, quote=False))
        return re.sub(r"[@#][a-z]+(-[a-z]+)*", lambda found: names.get(found[0], found[0]), text)

    def file(self, entry: Entry, name: str, size: str) -> Json:
        """A file somebody shared; real links carry a working secret too."""
        key, user = f"F0Q{zlib.crc32(name.encode()):08X}", self.people[entry.author]["id"]
        kind, path = name.rpartition(".")[2], f"https://files.slack.example/files-pri/{self.team}-{key}"
        about = {"id": key, "created": int(entry.when.timestamp()), "name": name, "title": name, "user": user}
        about |= {"mimetype": FILE_TYPES[kind], "filetype": kind, "pretty_type": kind.upper()}
        about |= {"size": int(size), "mode": "hosted", "is_external": False, "file_access": "visible"}
        about |= {"url_private": f"{path}/{name}?t={self.token}"}
        about |= {"url_private_download": f"{path}/download/{name}?t={self.token}"}
        return about | {"permalink": f"https://quillmere.slack.example/files/{user}/{key}/{name}"}

    def message(self, entry: Entry) -> Json:
        """A message without what its thread adds."""
        facts, person, text = entry.facts, self.people[entry.author], self.marked_up(entry.text)
        message: Json = {"type": "message", "text": text, "ts": entry.ts, "team": self.team}
        if "bot" in person:
            message |= {"subtype": "bot_message", "bot_id": person["bot"], "username": person["name"]}
        else:
            profile = {"real_name": person["name"], "display_name": entry.author, "team": self.team}
            message |= {"user": person["id"], "user_profile": profile}
            message["client_msg_id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{entry.channel}/{entry.ts}"))
        if "subtype" in facts:
            message["subtype"] = facts["subtype"][0][0]
        if "file" in facts:
            message |= {"files": [self.file(entry, *words) for words in facts["file"]], "upload": False}
        if "edited" in facts:
            edited = datetime.fromisoformat(f"{' '.join(facts['edited'][0])}+00:00")
            message["edited"] = {"user": person["id"], "ts": f"{int(edited.timestamp())}.000000"}
        for emoji, *keys in facts.get("react", []):
            users = [self.people[key]["id"] for key in keys]
            message.setdefault("reactions", []).append({"name": emoji, "users": users, "count": len(users)})
        return message | ({"blocks": [rich_text(text)]} if "blocks" in facts else {})

    def thread(self, messages: list[Json]) -> list[Json]:
        """A message and its replies, tied together as Slack does it."""
        root, *replies = messages
        if not replies:
            return [root]
        users = list(dict.fromkeys(reply["user"] for reply in replies))
        root |= {"thread_ts": root["ts"], "reply_count": len(replies), "reply_users_count": len(users)}
        root |= {"latest_reply": replies[-1]["ts"], "reply_users": users, "is_locked": False}
        for reply in replies:
            reply["thread_ts"] = root["ts"]
            if "user" in root:
                reply["parent_user_id"] = root["user"]
            if reply.get("subtype") == "thread_broadcast":
                reply["root"] = dict(root)
        root["replies"] = [{"user": reply["user"], "ts": reply["ts"]} for reply in replies]
        return [root, *replies]


def rich_text(text: str) -> Json:
    """The block that Slack's editor makes of this text; it knows mentions, links and emoji."""
    section = {"type": "rich_text_section", "elements": [element(piece) for piece in PIECE.finditer(text)]}
    return {"type": "rich_text", "block_id": f"b{zlib.crc32(text.encode()):x}", "elements": [section]}


def element(piece: re.Match[str]) -> Json:
    """One piece of a rich text."""
    fields = {key: html.unescape(value) for key, value in piece.groupdict().items() if value}
    if "label" in fields:
        fields["text"] = fields.pop("label")
    return {"type": PIECE_TYPES[next(iter(fields))]} | fields


def threads(channel: str, written: str) -> list[list[Entry]]:
    """The messages of one text file, each with its replies."""
    found: list[list[Entry]] = []
    for indent, when, author, body in zip(*[iter(HEADER.split(written)[1:])] * 4, strict=True):
        lines = [line.removeprefix(indent) for line in body.strip("\n").splitlines()]
        facts: dict[str, list[list[str]]] = {}
        for name, *words in (line.split()[1:] for line in lines if line.startswith("+ ")):
            facts.setdefault(name, []).append(words)
        text = "\n".join(line for line in lines if not line.startswith("+ ")).strip()
        entry = Entry(channel, datetime.fromisoformat(f"{when}+00:00"), author, text, facts)
        if not indent:
            found.append([])
        found[-1].append(entry)
    return found


def build() -> bytes:
    """The archive; the same files always give the same bytes."""
    settings = tomllib.loads((HERE / "workspace.toml").read_text("utf-8"))
    space = Workspace(settings)
    files: dict[str, list[Json]] = {"channels": [], "groups": [], "users": [*map(space.user, space.people)]}
    files["integration_logs"] = settings["integrations"]
    for name, about in space.channels.items():
        files["groups" if "private" in about else "channels"].append(space.channel(name))
        for entries in threads(name, (HERE / "messages" / f"{name}.txt").read_text("utf-8")):
            for message in space.thread([space.message(entry) for entry in entries]):
                day = datetime.fromtimestamp(float(message["ts"]), UTC).date()
                files.setdefault(f"{name}/{day}", []).append(message)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:  # stored: deflate's bytes differ between zlib versions
        for path, rows in files.items():
            info = zipfile.ZipInfo(f"{path}.json", (2026, 11, 2, 6, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, json.dumps(sorted(rows, key=lambda row: row.get("ts", ""))))
    return stream.getvalue()


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        ARCHIVE.write_bytes(build())
    elif ARCHIVE.read_bytes() != build():
        sys.exit("export.zip is out of date: run python data/slack/make_export.py")
