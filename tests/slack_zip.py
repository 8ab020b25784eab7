"""Small Slack export archives for tests, and one that counts what is read of it."""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.slack_archive import SlackArchive

Json = dict[str, Any]
Files = Mapping[str, object]

HANA = {"id": "U1", "team_id": "T1", "profile": {"real_name": "Hana Okoro", "email": "Hana@X.example"}}
SAM = {"id": "U2", "team_id": "T1", "profile": {"real_name": "Sam Whitlock", "email": "sam@x.example"}}
GENERAL = {"id": "C1", "name": "general", "members": ["U1", "U2"]}
PRIVATE = {"id": "G1", "name": "people-team", "members": ["U1"]}


def message(text: str, ts: str, user: str = "U1", **more: object) -> Json:
    """One message as it stands in a day's file."""
    return {"type": "message", "user": user, "text": text, "ts": ts, **more}


def slack_zip(path: Path, days: Files, **lists: object) -> Path:
    """Write an export of these days (`channel/date` to messages) and lists; a list of None is left out."""
    usual: Files = {"users": [HANA, SAM], "channels": [GENERAL], "groups": [PRIVATE]}
    files = {name: content for name, content in {**usual, **lists, **days}.items() if content is not None}
    return archive(path, {f"{name}.json": content for name, content in files.items()})


def archive(path: Path, files: Files) -> Path:
    """Write a ZIP of these files; what is no text becomes JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return path


def unflagged(path: Path) -> Path:
    """Take away from each name that it is UTF-8, as Slack leaves it out."""
    data = path.read_bytes()
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # general purpose flags of both headers
        parts = data.split(signature)
        at = flags - 4 + 1
        parts[1:] = [part[:at] + bytes([part[at] & ~0x08]) + part[at + 1 :] for part in parts[1:]]
        data = signature.join(parts)
    path.write_bytes(data)
    return path


class Counting(SlackArchive):
    """Counts how often each file is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.parses: Counter[str] = Counter()

    def rows(self, name: str) -> Iterator[object]:
        self.parses[name] += 1
        return super().rows(name)
