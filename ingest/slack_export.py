"""The Slack export source: a ZIP as Slack writes it. It is read in place, never extracted.

A thread is a document; a message without replies is a thread of one. Tokens in file links are never kept.
"""

import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from ingest.slack_text import message_text
from ingest.source import Item, Unlisted
from retrieval.access import ADMINS, Audience
from retrieval.chunk import digest
from retrieval.document import Block, Document, Section
from retrieval.errors import Unreadable, Unusable
from retrieval.plain import folded, storable

_LISTS = {"channels.json": True, "groups.json": False, "mpims.json": False, "dms.json": False}
_NOISE_SUBTYPES = """
    channel_join channel_leave channel_topic channel_purpose channel_name channel_archive channel_unarchive group_join
    group_leave group_topic group_purpose group_name group_archive group_unarchive bot_add bot_remove pinned_item
    unpinned_item reminder_add tombstone huddle_thread channel_convert_to_private channel_convert_to_public
"""
_NOISE = frozenset(_NOISE_SUBTYPES.split())
_LARGEST_MEMBER = 256 * 2**20
_TITLE_LENGTH = 80
_TIME = re.compile(r"\d{1,10}(\.\d{1,6})?")
_NOT_IN_IDS = re.compile(r"[\s,;/]+")


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation of the export. `folder` is where its days are; members are user ids."""

    id: str
    name: str
    folder: str
    public: bool
    members: tuple[str, ...] | None


Message = Mapping[str, Any]


class SlackExport:
    """One export archive."""

    kind = "slack-export"

    def __init__(self, path: Path, default_audience: str) -> None:
        self._default = Audience(default_audience)
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as exc:
            raise Unusable(f"{path} is no ZIP archive. A Slack export ZIP or a folder was expected") from exc
        self._names = {_real_name(info): info for info in self._zip.infolist() if not _is_junk(info)}
        listed = [name for name in self._names if PurePosixPath(name).name in _LISTS]
        top = min(listed, key=lambda name: name.count("/"), default="")
        if not top or top.count("/") > 2:
            raise Unusable(
                f"{path} is a ZIP archive but no Slack export: it holds no channels.json. For other documents, "
                "unpack it and ingest the folder"
            )
        self._prefix = top[: -len(PurePosixPath(top).name)]
        self._users = [user for user in self._list("users.json") if isinstance(user.get("id"), str)]
        self._names_of = {user["id"]: _user_name(user) for user in self._users}
        self._team = next((str(user["team_id"]) for user in self._users if user.get("team_id")), path.stem)
        self._team = _NOT_IN_IDS.sub("-", self._team)
        self._days = self._by_folder()
        self._channels = self._read_channels()
        self._seen: dict[str, tuple[str, str]] = {}

    @property
    def location(self) -> str:
        """The workspace: a newer export of the same one updates the same source."""
        return f"slack:{self._team}"

    @property
    def name(self) -> str:
        """`slack-` and the workspace's id, or the file's name where the export does not tell it."""
        return f"slack-{self._team}"

    def items(self) -> Iterator[Item | Unlisted]:
        """One item a thread, channel by channel."""
        for channel in self._channels:
            messages: dict[str, Message] = {}
            whole = True
            for day in sorted(self._days[channel.folder]):
                try:
                    messages.update(self._read_day(day))
                except Unreadable as exc:
                    whole = False
                    yield Unlisted(f"{channel.id}/{PurePosixPath(day).name}", str(exc))
            threads = _threads(messages)
            if messages and whole:
                self._seen[channel.id] = (min(messages), max(messages))
            for root, thread in sorted(threads.items()):
                item = self._item(channel, root, thread)
                if item:
                    yield item

    def covers(self, path: str) -> bool:
        """An export speaks for its whole channels, between the first and the last message it holds of them."""
        channel, _, root = path.partition("/")
        first, last = self._seen.get(channel, ("", ""))
        return first <= root <= last or (path.endswith(".json") and channel in self._seen)

    def members(self) -> Mapping[str, Iterable[str]]:
        """E-mail addresses of private channels' members, as the export has them."""
        emails = {
            user["id"]: str((user.get("profile") or {}).get("email") or "").lower()
            for user in self._users
            if not user.get("deleted") and not user.get("is_bot")
        }
        return {
            self._audience(channel).id: [emails[user] for user in channel.members if emails.get(user)]
            for channel in self._channels
            if not channel.public and channel.members is not None
        }

    def _audience(self, channel: Channel) -> Audience:
        if channel.public:
            return self._default
        return Audience(ADMINS if channel.members is None else f"slack:{self._team}/{channel.id}")

    def _read_channels(self) -> list[Channel]:
        channels = []
        for file, public in _LISTS.items():
            for record in self._list(file):
                if isinstance(record.get("id"), str) and not _NOT_IN_IDS.search(record["id"]):
                    name = str(record.get("name") or record["id"])
                    members = record.get("members")
                    kept = tuple(map(str, members)) if isinstance(members, list) else None
                    folder = record["id"] if file == "dms.json" else name
                    channels.append(Channel(record["id"], name, folder, public, kept))
        # Two conversations that share a folder cannot be told apart: nobody but admins may read either.
        shared = {folder for folder, count in Counter(channel.folder for channel in channels).items() if count > 1}
        closed = [replace(one, public=False, members=None) if one.folder in shared else one for one in channels]
        strays = self._days.keys() - {channel.folder for channel in channels}
        # A folder that no list names: nobody but admins may read it.
        return closed + [Channel(folder, folder, folder, public=False, members=None) for folder in sorted(strays)]

    def _by_folder(self) -> dict[str, list[str]]:
        """The day files of each folder."""
        days = defaultdict(list)
        for name in self._names:
            path = PurePosixPath(name.removeprefix(self._prefix))
            if name.startswith(self._prefix) and len(path.parts) == 2 and _is_date(path.stem):
                days[path.parts[0]].append(name)
        return days

    def _list(self, file: str) -> list[dict[str, Any]]:
        name = self._prefix + file
        if name not in self._names:
            return []
        try:
            data = self._json(name)
        except Unreadable as exc:
            raise Unusable(f"The export's {file} cannot be read: {exc}") from exc
        return [record for record in data if isinstance(record, dict)] if isinstance(data, list) else []

    def _json(self, name: str) -> object:
        info = self._names[name]
        if info.file_size > _LARGEST_MEMBER:
            raise Unreadable(f"it unpacks to more than {_LARGEST_MEMBER // 2**20} MiB")
        try:
            with self._zip.open(info) as file:
                return json.loads(file.read(_LARGEST_MEMBER).decode("utf-8-sig"))
        except (OSError, ValueError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as exc:
            raise Unreadable(f"it is no valid JSON file ({type(exc).__name__})") from exc

    def _read_day(self, name: str) -> dict[str, Message]:
        data = self._json(name)
        if not isinstance(data, list):
            raise Unreadable(f"a list of messages was expected, not {type(data).__name__}")
        found: dict[str, Message] = {}
        for message in data:
            if isinstance(message, dict) and message.get("subtype") not in _NOISE and _is_time(message.get("ts")):
                found[_timestamp(message["ts"])] = message
        return found

    def _item(self, channel: Channel, root: str, thread: list[Message]) -> Item | None:
        said = [message for message in thread if message_text(message, self._names_of)]
        if not said:
            return None
        data = json.dumps([channel.name, said], sort_keys=True, default=str).encode()
        read = partial(self._document, channel, root)
        return Item(f"{channel.id}/{root}", digest(data), self._audience(channel), lambda: data, read)

    def _document(self, channel: Channel, root: str, data: bytes) -> Document:
        _, thread = json.loads(data)
        blocks = []
        lead = ""
        for message in thread:
            when = datetime.fromtimestamp(float(message["ts"]), UTC).date()
            text = message_text(message, self._names_of)
            line = storable(f"{self._author(message)} ({when}): {text}")
            blocks.append(Block(line, lead, self._permalink(channel, _timestamp(message["ts"]), root)))
            lead = lead or line
        first = folded(storable(message_text(thread[0], self._names_of).split("\n")[0]))
        short = first if len(first) <= _TITLE_LENGTH else first[:_TITLE_LENGTH].rsplit(" ", 1)[0] + " ..."
        return Document(folded(storable(f"#{channel.name}: {short}")), (Section((), tuple(blocks)),))

    def _author(self, message: Message) -> str:
        profile = message.get("user_profile") or {}
        names = (
            self._names_of.get(str(message.get("user"))),
            profile.get("real_name"),
            message.get("username"),
            (message.get("bot_profile") or {}).get("name"),
        )
        return next((str(name) for name in names if name), "someone")

    def _permalink(self, channel: Channel, ts: str, root: str) -> str:
        thread = f"&thread_ts={root}" if ts != root else ""
        return f"https://slack.com/app_redirect?team={self._team}&channel={channel.id}&message_ts={ts}{thread}"


def _threads(messages: Mapping[str, Message]) -> dict[str, list[Message]]:
    threads = defaultdict(list)
    for ts in sorted(messages):
        root = messages[ts].get("thread_ts")
        threads[_timestamp(root) if _is_time(root) else ts].append(messages[ts])
    return threads


def _is_time(ts: object) -> bool:
    return bool(_TIME.fullmatch(str(ts)))


def _timestamp(ts: object) -> str:
    """Slack's ts as text that sorts: seconds, a dot, six digits."""
    seconds, _, fraction = str(ts).partition(".")
    return f"{seconds.zfill(10)}.{fraction.ljust(6, '0')}"


def _user_name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"), user.get("name"))
    return next((str(name) for name in names if name), str(user["id"]))


def _is_date(stem: str) -> bool:
    return len(stem) == 10 and stem[4] == stem[7] == "-" and stem.replace("-", "").isdigit()


def _is_junk(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() or info.filename.startswith("__MACOSX/") or info.filename.endswith(".DS_Store")


def _real_name(info: zipfile.ZipInfo) -> str:
    """The entry's name: Slack writes UTF-8 without saying so, which Python then reads as code page 437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename
