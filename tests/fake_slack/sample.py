"""The sample company's workspace, made from its own Slack export: people, channels and what they said."""

import json
import zipfile
from pathlib import Path
from typing import Any

from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.clock import Clock, ManualClock
from tests.fake_slack.messages import count_replies
from tests.fake_slack.user import Rank
from tests.fake_slack.wire import JSON, thread_of
from tests.fake_slack.workspace import Team, Workspace

EXPORT = Path(__file__).parents[2] / "data" / "slack" / "export.zip"
LATER = 1_793_600_000.0  # the day after the export was made


def sample_workspace(clock: Clock | None = None) -> Workspace:
    """The workspace. Our bot is a member of every channel, public or private."""
    with zipfile.ZipFile(EXPORT) as archive:
        users = _read(archive, "users.json")
        workspace = Workspace(clock or ManualClock(LATER), team=Team(users[0]["team_id"], "Quillmere", "quillmere"))
        for user in users:
            _add_user(workspace, user)
        for name, sort in (("channels.json", Sort.PUBLIC), ("groups.json", Sort.PRIVATE)):
            for card in _read(archive, name):
                _fill(archive, _add_channel(workspace, card, sort))
    return workspace


def _read(archive: zipfile.ZipFile, name: str) -> list[Any]:
    return list(json.loads(archive.read(name))) if name in archive.namelist() else []


def _add_user(workspace: Workspace, user: JSON) -> None:
    rank = Rank.BOT if user["is_bot"] else Rank.GUEST if user["is_restricted"] else Rank.MEMBER
    profile = user["profile"]
    made = workspace.add_user(
        user["id"], user["name"], profile.get("email", ""), Rank.ADMIN if user["is_admin"] else rank
    )
    made.real_name, made.deleted = user["real_name"], user["deleted"]
    made.bot_id = profile.get("bot_id", "")


def _add_channel(workspace: Workspace, card: JSON, sort: Sort) -> Channel:
    channel = workspace.add_channel(card["id"], card["name"], [*card["members"], workspace.bot.user], sort)
    channel.archived, channel.created, channel.creator = card["is_archived"], card["created"], card["creator"]
    channel.topic = card["topic"]["value"]
    return channel


def _fill(archive: zipfile.ZipFile, channel: Channel) -> None:
    days = sorted(name for name in archive.namelist() if name.startswith(f"{channel.name}/"))
    said = sorted((message for day in days for message in _read(archive, day)), key=lambda one: float(one["ts"]))
    channel.messages.update({message["ts"]: message for message in said})
    for root in {thread_of(message) for message in said if "thread_ts" in message}:
        count_replies(channel, root)
