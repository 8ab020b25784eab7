"""Peak memory and parses per day file of a large Slack export: python -m tests.bench.slack_memory [MIB].

Writes an export of so many MiB of JSON (300 without a number) to a temporary folder, lists it, loads each thread.
One thread in fifty gets replies for up to ninety days, one channel holds half of all messages.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.slack_export import SlackExport
from ingest.source import Item
from tests.slack_zip import Counting

_DAYS, _USERS, _CHANNELS = 200, 500, 20
_BEGIN = datetime(2025, 1, 1, 8, tzinfo=UTC)
_WORDS = ("travel", "leave", "desk", "plan", "team", "pay", "office", "rules", "report", "hotel", "claim", "manager")


def write(path: Path, mib: int) -> int:
    """The export; returns how many bytes of JSON it holds."""
    pick = random.Random(1)
    users = [
        {"id": f"U{number}", "team_id": "T1", "profile": {"real_name": f"User {number}"}} for number in range(_USERS)
    ]
    channels = [{"id": f"C{number}", "name": f"channel-{number}", "members": []} for number in range(_CHANNELS)]
    written = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", json.dumps(channels))
        for number in range(_CHANNELS):
            a_day = mib * 2**20 // _DAYS // 2 // (1 if number == 0 else _CHANNELS - 1)
            roots: list[tuple[str, int]] = []
            for day in range(_DAYS):
                text = json.dumps(_messages(pick, day, a_day, roots))
                written += len(text)
                date = (_BEGIN + timedelta(days=day)).date()
                archive.writestr(f"channel-{number}/{date}.json", text)
    return written


def _messages(pick: random.Random, day: int, size: int, roots: list[tuple[str, int]]) -> list[dict[str, object]]:
    start = int((_BEGIN + timedelta(days=day)).timestamp())
    open_roots = [root for root, until in roots if until >= day]
    messages: list[dict[str, object]] = []
    length = 0
    while length < size:
        ts = f"{start + len(messages)}.{pick.randrange(10**6):06}"
        thread = pick.choice(open_roots) if open_roots and pick.random() < 0.5 else ts
        if thread == ts and pick.random() < 0.3:
            roots.append((ts, day + (pick.randrange(90) if pick.random() < 0.02 else pick.randrange(2))))
            open_roots.append(ts)
        text = " ".join(pick.choices(_WORDS, k=pick.randrange(5, 60)))
        user = f"U{pick.randrange(_USERS)}"
        element = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        message: dict[str, object] = {
            "type": "message",
            "user": user,
            "text": text,
            "ts": ts,
            "thread_ts": thread,
            "team": "T1",
        }
        message |= {"blocks": [{"type": "rich_text", "elements": [element]}]}
        message |= {"user_profile": {"real_name": f"User {user}", "avatar_hash": "g" * 12, "team": "T1"}}
        messages.append(message)
        length += 2 * len(text) + 400
    return messages


def peak() -> float:
    """MiB of memory that this process ever took."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def measure(path: Path) -> None:
    """Print what listing and loading take."""
    base, begun = peak(), time.process_time()
    source = SlackExport(path, "everyone")
    source._zip = source._days._archive = archive = Counting(path)
    threads = characters = 0
    for item in source.items():
        if isinstance(item, Item):
            threads += 1
            characters += item.read(item.load()).characters
    took = time.process_time() - begun
    print(f"{threads} threads of {source.accounting().messages} messages, {characters} characters: {took:.0f} s of CPU")  # noqa: T201
    parses = [count for name, count in archive.parses.items() if "/" in name]
    print(f"parses per day file: mean {sum(parses) / len(parses):.2f}, most {max(parses)}")  # noqa: T201
    print(f"peak {base:.0f} MiB before, {peak():.0f} MiB after")  # noqa: T201
    items = list(source.items())
    print(f"with all {len(items)} items held at once: {peak():.0f} MiB")  # noqa: T201


def main() -> None:
    """Write and measure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        if len(sys.argv) < 3:
            mib = sys.argv[1] if len(sys.argv) > 1 else "300"
            # In a process of its own: the writer's memory must not count.
            subprocess.run([sys.executable, "-m", "tests.bench.slack_memory", mib, str(path)], check=True)
            measure(path)
            return
        print(f"{write(Path(sys.argv[2]), int(sys.argv[1])) / 2**20:.0f} MiB of JSON")  # noqa: T201


if __name__ == "__main__":
    main()
