"""Slack's message format to plain text. Pure; docs.slack.dev/messaging/formatting-message-text."""

import html
import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"<([^<>\n]+)>")
_SECRET = re.compile(r"(?:[?&]t=)?\bxox[abceprs]-[\w-]{5,}")


def plain(text: str, names: Mapping[str, str]) -> str:
    """Readable text: mentions as names, links as their label or address, entities decoded."""
    return html.unescape(_TOKEN.sub(lambda match: _token(match.group(1), names), text)).strip()


def message_text(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What a message says: its text, or its blocks where the text is empty; attached files by name, never by link."""
    said = message.get("text")
    text = plain(said, names) if isinstance(said, str) else ""
    if not text:
        text = " ".join(_block_texts(message.get("blocks"), names))
    several = message.get("files")
    files = several if isinstance(several, list) else [message.get("file")]
    titles = [str(file.get("title") or file.get("name") or "file") for file in files if isinstance(file, dict)]
    return _SECRET.sub("", "\n".join([text, *(f"(file: {title})" for title in titles)])).strip()


def _token(inner: str, names: Mapping[str, str]) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return f"@{names.get(target[1:], label or 'someone')}"
    if target.startswith("#"):
        return f"#{label or names.get(target[1:], 'channel')}"
    if target.startswith("!"):
        return label or f"@{target[1:].split('^')[0]}"
    return label or target.removeprefix("mailto:")


def _block_texts(blocks: object, names: Mapping[str, str]) -> list[str]:
    """The words of rich-text and section blocks, whatever their nesting."""
    if isinstance(blocks, list):
        return [text for block in blocks for text in _block_texts(block, names)]
    if not isinstance(blocks, dict):
        return []
    kind = blocks.get("type")
    if kind == "user":
        return [f"@{names.get(str(blocks.get('user_id')), 'someone')}"]
    if kind == "emoji":
        return [f":{blocks.get('name')}:"]
    own = blocks.get("text") if kind != "link" else blocks.get("text") or blocks.get("url")
    if isinstance(own, str):
        return [plain(own, names) if kind == "mrkdwn" else own.strip()]
    nested = [own, blocks.get("elements"), blocks.get("fields"), blocks.get("rows")]
    return [text for part in nested for text in _block_texts(part, names) if text]
