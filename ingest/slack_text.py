"""Slack's message format to plain text. Pure; docs.slack.dev/messaging/formatting-message-text."""

import html
import re
from collections.abc import Mapping
from typing import Any

from retrieval.plain import storable

_TOKEN = re.compile(r"<([^<>\n]+)>")
# A link to a file works for whoever has it: what stands behind the question mark is the key.
_FILE_KEY = re.compile(r"(https?://(?:files\.slack|slack-files)\.[^\s?<>|]*)\?[^\s<>|]*", re.IGNORECASE)
_SECRET = re.compile(
    r"(?:[?&](?:t|token)=)?(?:xox[a-z](?:\.xox[a-z])?-[\w%.+/=-]{5,}|xapp-\d-[\w-]{5,})", re.IGNORECASE
)
_UNAVAILABLE = {
    "tombstone": "deleted",
    "hidden_by_limit": "hidden by the workspace's plan",
    "external": "kept outside Slack",
    "access_denied": "no access",
    "file_not_found": "not found",
    "check_file_info": "of another workspace",
}


def plain(text: str, names: Mapping[str, str]) -> str:
    """Readable text: mentions as names, links as their label or address, entities decoded."""
    return html.unescape(_TOKEN.sub(lambda match: _token(match.group(1), names), text)).strip()


def clean(text: str) -> str:
    """Harmless, and without anything that opens Slack or a file of it. In this order: secrets may hide in markup."""
    return _SECRET.sub("", _FILE_KEY.sub(r"\1", storable(text))).strip()


def file_lines(message: Mapping[str, Any]) -> list[str]:
    """The attached files by name, with why they cannot be read; never by link."""
    several = message.get("files")
    files = several if isinstance(several, list) else [message.get("file")]
    return [_file_line(file) for file in files if isinstance(file, dict)]


def _file_line(file: Mapping[str, Any]) -> str:
    titles = (file.get("title"), file.get("name"))
    title = next((title for title in titles if isinstance(title, str) and title), "without a name")
    states = (file.get("mode"), file.get("file_access"))
    why = next((_UNAVAILABLE[state] for state in states if isinstance(state, str) and state in _UNAVAILABLE), None)
    return f"(file: {title}, {why})" if why else f"(file: {title})"


def _token(inner: str, names: Mapping[str, str]) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return f"@{names.get(target[1:], label or 'someone')}"
    if target.startswith("#"):
        return f"#{label or names.get(target[1:], 'channel')}"
    if target.startswith("!"):
        return label or f"@{target[1:].split('^')[0]}"
    return label or target.removeprefix("mailto:").removeprefix("tel:")
