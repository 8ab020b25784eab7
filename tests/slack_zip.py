"""Small Slack export archives for tests."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.json", content if isinstance(content, str) else json.dumps(content))
    return path
