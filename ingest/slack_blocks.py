"""Slack's blocks and attachments to plain text. Pure; docs.slack.dev/reference/block-kit."""

from collections.abc import Mapping
from typing import Any

from ingest.slack_text import plain

_DEEPEST = 20
_INLINE = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})
_SILENT = frozenset({"actions", "button", "divider", "input"})
_BETWEEN_CELLS = " | "

Names = Mapping[str, str]


def blocks_text(blocks: object, names: Names) -> str:
    """The words of blocks, one line each."""
    return "\n".join(filter(None, _texts(blocks, names, 0))).strip()


def attachment_texts(message: Mapping[str, Any], names: Names, *, said: bool) -> list[str]:
    """What attachments say. Previews of links only where the message says nothing else.

    A shared message is never taken over: it may come from a channel that other people may read.
    """
    attachments = message.get("attachments")
    texts = []
    for one in attachments if isinstance(attachments, list) else ():
        if not isinstance(one, dict) or one.get("is_msg_unfurl") or one.get("is_share"):
            continue
        is_preview = bool(one.get("from_url") or one.get("original_url"))
        if not (is_preview and said):
            texts.append(_attachment(one, names))
    return [text for text in texts if text]


def _attachment(one: Mapping[str, Any], names: Names) -> str:
    fields = one.get("fields")
    pairs = [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
    parts = [
        *(one.get(key) for key in ("pretext", "title", "text")),
        *(f"{field.get('title') or ''}: {field.get('value') or ''}" for field in pairs),
    ]
    texts = [plain(part, names) for part in parts if isinstance(part, str)]
    shown = "\n".join(filter(None, texts)) or blocks_text(one.get("blocks"), names)
    instead = one.get("fallback")
    return shown or (plain(instead, names) if isinstance(instead, str) else "")


def _texts(blocks: object, names: Names, depth: int) -> list[str]:
    if not isinstance(blocks, list) or depth > _DEEPEST:
        return []
    return [_text(block, names, depth) for block in blocks if isinstance(block, dict)]


def _text(block: Mapping[str, Any], names: Names, depth: int) -> str:
    kind = block.get("type")
    if kind in _SILENT:
        return ""
    if kind in _INLINE:
        return "".join(_texts(block.get("elements"), names, depth + 1)).strip()
    if kind == "rich_text_list":
        return "\n".join(f"- {text}" for text in _texts(block.get("elements"), names, depth + 1) if text)
    if kind == "context":
        return " ".join(_texts(block.get("elements"), names, depth + 1))
    if kind == "table":
        return _table(block.get("rows"), names, depth)
    return _element(block, names) or _nested(block, names, depth)


def _element(block: Mapping[str, Any], names: Names) -> str:
    """A word or a link inside a line."""
    kind, said = block.get("type"), block.get("text")
    if kind == "user":
        return f"@{names.get(str(block.get('user_id')), 'someone')}"
    if kind == "channel":
        return f"#{names.get(str(block.get('channel_id')), 'channel')}"
    if kind == "broadcast":
        return f"@{block.get('range')}"
    if kind == "emoji":
        return f":{block.get('name')}:"
    if kind == "link":
        said = said or block.get("url")
    if kind == "date":
        said = block.get("fallback")
    if not isinstance(said, str):
        return ""
    return plain(said, names) if kind in ("mrkdwn", "markdown") else said


def _nested(block: Mapping[str, Any], names: Names, depth: int) -> str:
    """What a block holds in blocks of its own, whatever it is called."""
    held = [block.get("title"), block.get("text"), block.get("description")]
    for part in (block.get("fields"), block.get("elements")):
        held.extend(part if isinstance(part, list) else ())
    texts = _texts(held, names, depth + 1)
    alternative = block.get("alt_text")
    return "\n".join(filter(None, texts)) or (alternative if isinstance(alternative, str) else "")


def _table(rows: object, names: Names, depth: int) -> str:
    cells = [_texts(row, names, depth + 1) for row in rows] if isinstance(rows, list) else []
    return "\n".join(_BETWEEN_CELLS.join(row) for row in cells if any(row))
