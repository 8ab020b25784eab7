"""What a channel or a thread looks like to the people in it, as plain text."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.fake_slack.channel import Channel
from tests.fake_slack.wire import JSON, thread_of
from tests.fake_slack.workspace import Workspace

_MENTION = re.compile(r"<(?P<kind>[@#!])(?P<id>[^>|]+)(?:\|(?P<label>[^>]*))?>")
_LINK = re.compile(r"<(?P<url>[a-z]+:[^>|]+)(?:\|(?P<label>[^>]*))?>")


def channel_text(workspace: Workspace, channel: Channel, seen_by: str = "") -> str:
    """A whole channel with its threads below their roots; ephemeral messages of `seen_by`, or of all."""
    messages = [*channel.messages.values(), *_whispered(workspace, channel, seen_by)]
    messages.sort(key=lambda message: float(message["ts"]))
    top = [message for message in messages if thread_of(message) not in channel.messages or _is_top(message)]
    lines: list[str] = []
    for message in top:
        lines += message_lines(workspace, message)
        for reply in messages:
            if reply is not message and thread_of(reply) == message["ts"]:
                lines += ["    " + line for line in message_lines(workspace, reply)]
    return "\n".join(lines)


def thread_text(workspace: Workspace, channel: Channel, root: str, seen_by: str = "") -> str:
    """One thread."""
    whispered = [one for one in _whispered(workspace, channel, seen_by) if one.get("thread_ts") == root]
    messages = sorted([*channel.thread(root), *whispered], key=lambda message: float(message["ts"]))
    return "\n".join(line for message in messages for line in message_lines(workspace, message))


def message_lines(workspace: Workspace, message: JSON) -> list[str]:
    """One message: who and when, then what it says."""
    user = workspace.users.get(message.get("user", ""))
    name = f"{message.get('username') or (user.real_name or user.name if user else message.get('user', '?'))}"
    app = " (app)" if message.get("bot_id") else ""
    when = datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M:%S")
    marks = " ".join(f"[{mark}]" for mark in _marks(workspace, message))
    head = f"{name}{app} {when} {marks}".rstrip()
    return [head, *("  " + line for line in _body(workspace, message))]


def view_text(workspace: Workspace, view: JSON) -> str:
    """App Home or a modal."""
    head = [f"# {view['title']['text']}"] if "title" in view else []
    buttons = [f"[{view[key]['text']}]" for key in ("submit", "close") if key in view]
    body = [line for block in view["blocks"] for line in block_lines(workspace, block)]
    return "\n".join([*head, *body, *([" ".join(buttons)] if buttons else [])])


def readable(workspace: Workspace, text: str) -> str:
    """Text as people see it: names instead of ids, labels with their links, characters unescaped."""

    def named(match: re.Match[str]) -> str:
        if match["kind"] == "@":
            user = workspace.users.get(match["id"])
            return f"@{user.name if user else match['label'] or match['id']}"
        if match["kind"] == "#":
            channel = workspace.channels.get(match["id"])
            return f"#{channel.name if channel else match['label'] or match['id']}"
        group = workspace.usergroups.get(match["id"].removeprefix("subteam^"))
        return f"@{group.handle if group else match['label'] or match['id']}"

    def linked(match: re.Match[str]) -> str:
        return f"{match['label']} ({match['url']})" if match["label"] else match["url"]

    text = _LINK.sub(linked, _MENTION.sub(named, text))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def block_lines(workspace: Workspace, block: JSON) -> Iterator[str]:
    """A block as lines."""
    kind = block["type"]
    if kind == "divider":
        yield "---"
    elif kind in ("section", "header", "markdown"):
        text = block.get("text", "")
        text = text.get("text", "") if isinstance(text, dict) else text
        yield from readable(workspace, f"# {text}" if kind == "header" else text).splitlines()
        for part in block.get("fields", []):
            yield "- " + readable(workspace, part["text"])
        if "accessory" in block:
            yield _element(workspace, block["accessory"])
    elif kind == "rich_text":
        yield from readable(workspace, _rich(block)).splitlines()
    elif kind == "input":
        yield f"{block['label']['text']}: {_element(workspace, block['element'])}"
    elif "elements" in block:
        yield " ".join(_element(workspace, element) for element in block["elements"])
    else:
        yield f"({kind}: {block.get('alt_text') or block.get('title') or ''})"


def _marks(workspace: Workspace, message: JSON) -> Iterator[str]:
    if message.get("is_ephemeral"):
        seer = workspace.users[message["shown_to"]]
        yield f"only {seer.real_name or seer.name} sees this"
    if message.get("streaming_state") == "in_progress":
        yield "still writing"
    if message.get("streaming_state") == "errored":
        yield "broken off"
    if "edited" in message:
        yield "edited"
    if message.get("subtype") == "thread_broadcast":
        yield "also sent to the channel"


def _body(workspace: Workspace, message: JSON) -> Iterator[str]:
    blocks = message.get("blocks", [])
    if not blocks or "streaming_state" in message:  # streamed text stands above the blocks; else blocks replace text
        yield from readable(workspace, message.get("text", "")).splitlines()
    for block in blocks:
        yield from block_lines(workspace, block)
    for task in message.get("tasks", []):
        yield f"({task.get('status', '')}: {task.get('title', '')})"
    for attachment in message.get("attachments", []):
        yield "| " + readable(workspace, attachment.get("text") or attachment.get("fallback", ""))
    for file in message.get("files", []):
        yield f"(file: {file.get('name', 'deleted')})"
    if message.get("reactions"):
        yield " ".join(f":{reaction['name']}: {reaction['count']}" for reaction in message["reactions"])


def _element(workspace: Workspace, element: JSON) -> str:
    kind = element["type"]
    if kind == "mrkdwn":
        return readable(workspace, element["text"])
    if kind == "plain_text":
        return str(element["text"])
    if kind == "feedback_buttons":
        sides = ("positive_button", "negative_button")
        return " ".join(f"[{element[side]['text']['text']}]" for side in sides)
    if kind == "image":
        return f"(image: {element.get('alt_text', '')})"
    label = element.get("text") or element.get("placeholder") or {}
    options = "/".join(option["text"]["text"] for option in element.get("options", []))
    link = f" -> {element['url']}" if "url" in element else ""
    return f"[{label.get('text', '') or options or kind}{link}]"


def _rich(block: JSON) -> str:
    words = []
    for part in block.get("elements", []):
        for item in part.get("elements", []):
            inner = item.get("elements", [item])
            words += [one.get("text") or one.get("url") or one.get("name") or one.get("user_id", "") for one in inner]
        words.append("\n")
    return "".join(words)


def _whispered(workspace: Workspace, channel: Channel, seen_by: str) -> list[JSON]:
    return [
        message
        for message in workspace.ephemerals
        if message["channel"] == channel.id and seen_by in ("", message["shown_to"])
    ]


def _is_top(message: JSON) -> bool:
    return thread_of(message) == message["ts"] or message.get("subtype") == "thread_broadcast"
