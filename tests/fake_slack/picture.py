"""What people see in Slack as a page of ours: messages and views drawn from the very blocks that the bot sent.

Drawn after Slack's documentation of its blocks, in our own style: it shows what stands where, not Slack's looks.
"""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from markdown_it import MarkdownIt

from tests.fake_slack.channel import Channel
from tests.fake_slack.transcript import readable
from tests.fake_slack.wire import JSON, thread_of
from tests.fake_slack.workspace import Workspace

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_STYLE = """
body { margin: 0; padding: 24px; background: #eceef1; color: #1d1c1d }
body { font: 15px/1.45 Lato, "DejaVu Sans", Arial, sans-serif }
main { display: flex; gap: 20px; align-items: flex-start; width: max-content }
section.panel { background: #fff; border: 1px solid #d5d8dc; border-radius: 10px; width: 660px; overflow: hidden }
section.panel > h1 { font-size: 17px; margin: 0; padding: 12px 18px; border-bottom: 1px solid #e3e5e8 }
section.panel > div { padding: 8px 18px 16px }
.message { display: grid; grid-template-columns: 38px 1fr; gap: 2px 10px; padding: 9px 0 }
.reply { margin-left: 46px; border-left: 2px solid #e3e5e8; padding-left: 12px }
.face { width: 36px; height: 36px; border-radius: 8px; color: #fff }
.face { display: grid; place-items: center; font-weight: 700 }
.who { font-weight: 700 } .when, .context, .app { color: #616061; font-size: 12.5px } .when { margin-left: 8px }
.app { background: #e8e8e8; border-radius: 3px; padding: 0 4px; margin-left: 6px; font-size: 11px; font-weight: 700 }
.whisper { background: #f6f8fb; border-radius: 8px; padding: 8px 10px }
.whisper .eye { grid-column: 2; color: #616061; font-size: 12.5px }
p { margin: 2px 0 8px } ul, ol { margin: 2px 0 8px; padding-left: 22px }
table { border-collapse: collapse; margin: 4px 0 8px; font-size: 13.5px }
td, th { border: 1px solid #d5d8dc; padding: 3px 8px; text-align: left }
a, .mention { color: #1264a3; text-decoration: none }
.mention { background: #e8f5fa; border-radius: 3px; padding: 0 2px }
code { background: #f3f3f4; border: 1px solid #dddee0; border-radius: 3px; padding: 0 3px }
code { color: #c01343; font-size: 12.5px } svg { vertical-align: -2px; fill: #616061 }
.context { margin: 4px 0 } .actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 4px }
.button { border: 1px solid #bbbdbf; border-radius: 6px; padding: 3px 11px; background: #fff }
.button { font-weight: 700; font-size: 13.5px }
.feedback { color: #616061; font-size: 13px; padding: 2px 6px } .select { color: #616061; font-weight: 400 }
h2 { font-size: 18px; margin: 14px 0 4px } .beside { display: flex; justify-content: space-between; gap: 12px }
"""
_THUMB = "M1 7h3v8H1zM5 7l3-6c2 0 2 1 2 2L9.500 6H14c1 0 1.500 1 1.200 2l-1.500 6c-.2.6-.6 1-1.200 1H5z"
_UP = f'<svg width="14" height="15" viewBox="0 0 16 16"><path d="{_THUMB}"/></svg>'
_DOWN = _UP.replace("<path", '<path transform="rotate(180 8 8)"')
_EYE = (
    '<svg width="16" height="12" viewBox="0 0 16 12"><path d="M8 1C4 1 1.500 4 .5 6c1 2 3.500 5 7.500 5s6.500-3 7.500-5'
    'c-1-2-3.500-5-7.500-5zm0 8a3 3 0 1 1 0-6 3 3 0 0 1 0 6z"/></svg>'
)
_COLOURS = ("#2f7d6b", "#7a4fa3", "#b5563c", "#35619e")
_MRKDWN = (
    (r"\*([^*\n]+)\*", r"<b>\1</b>"),
    (r"`([^`\n]+)`", r"<code>\1</code>"),
    (r"(?<!\w)_([^_\n]+)_(?!\w)", r"<i>\1</i>"),
)


def page(panels: Iterable[str]) -> str:
    """A whole page of panels beside each other."""
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{_STYLE}</style><main>{"".join(panels)}</main>'


def channel_panel(workspace: Workspace, channel: Channel, seen_by: str) -> str:
    """A channel with its threads below their roots, and what only this person sees of it."""
    user = workspace.users[seen_by]
    title = f"# {channel.name}" if channel.name else "Direct message"
    whispered = [one for one in workspace.ephemerals if (one["channel"], one["shown_to"]) == (channel.id, seen_by)]
    messages = sorted([*channel.messages.values(), *whispered], key=lambda one: float(one["ts"]))
    drawn: list[str] = []
    for message in messages:
        if thread_of(message) in (message["ts"], None) or thread_of(message) not in channel.messages:
            drawn.append(_message(workspace, message))
            replies = [one for one in messages if one is not message and thread_of(one) == message["ts"]]
            drawn += [f'<div class="reply">{_message(workspace, one)}</div>' for one in replies]
    return _panel(f"{title} <span class=when>as {html.escape(user.real_name)} sees it</span>", "".join(drawn))


def view_panel(workspace: Workspace, view: JSON, title: str) -> str:
    """App Home or a dialog."""
    return _panel(html.escape(title), "".join(_block(workspace, block) for block in view["blocks"]))


def _panel(title: str, inside: str) -> str:
    return f'<section class="panel"><h1>{title}</h1><div>{inside}</div></section>'


def _message(workspace: Workspace, message: JSON) -> str:
    user = workspace.users.get(message.get("user", ""))
    name = (user.real_name or user.name) if user else "frontdesk"
    when = datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M")
    app = '<span class="app">APP</span>' if message.get("bot_id") or message.get("is_ephemeral") else ""
    colour = "#1f6f78" if app else _COLOURS[sum(map(ord, name)) % len(_COLOURS)]
    whisper = " whisper" if message.get("is_ephemeral") else ""
    eye = f'<div class="eye">{_EYE} Only visible to you</div>' if whisper else ""
    face = f'<div class="face" style="background:{colour}">{html.escape(name[0].upper())}</div>'
    head = f'<span class="who">{html.escape(name)}</span>{app}<span class="when">{when}</span>'
    return f'<div class="message{whisper}">{eye}{face}<div>{head}{_body(workspace, message)}</div></div>'


def _body(workspace: Workspace, message: JSON) -> str:
    blocks = message.get("blocks", [])
    text = message.get("text", "")
    said = ""
    if "streaming_state" in message:  # streamed text is Markdown and stands above the blocks
        said = _markdown(text)
    elif not blocks:
        said = f"<p>{_mrkdwn(workspace, text)}</p>"
    return said + "".join(_block(workspace, block) for block in blocks)


def _block(workspace: Workspace, block: JSON) -> str:
    kind = block["type"]
    if kind == "markdown":
        return _markdown(block["text"])
    if kind == "header":
        return f"<h2>{html.escape(block['text']['text'])}</h2>"
    if kind == "section":
        text = f"<p>{_mrkdwn(workspace, block['text']['text'])}</p>"
        beside = _element(workspace, block["accessory"]) if "accessory" in block else ""
        return f'<div class="beside">{text}{beside}</div>' if beside else text
    if kind == "divider":
        return "<hr>"
    drawn = "".join(_element(workspace, one) for one in block.get("elements", []))
    return f'<div class="{"context" if kind == "context" else "actions"}">{drawn}</div>'


def _element(workspace: Workspace, element: JSON) -> str:
    kind = element["type"]
    if kind in ("mrkdwn", "plain_text"):
        return f"<span>{_mrkdwn(workspace, element['text'])}</span>"
    if kind == "feedback_buttons":
        sides = ((_UP, "positive_button"), (_DOWN, "negative_button"))
        texts = [f"{sign} {html.escape(element[side]['text']['text'])}" for sign, side in sides]
        return "".join(f'<span class="feedback">{text}</span>' for text in texts)
    if kind == "button":
        return f'<span class="button">{html.escape(element["text"]["text"])}</span>'
    return f'<span class="button select">{html.escape(element.get("placeholder", {}).get("text", kind))} ▾</span>'


def _markdown(text: str) -> str:
    drawn: str = _MARKDOWN.render(text)
    return drawn


def _mrkdwn(workspace: Workspace, text: str) -> str:
    """Slack's older markup; what is escaped in it stays escaped."""
    parts = re.split(r"(<[^<>]+>)", text)
    return "".join(_reference(workspace, part) if part.startswith("<") else _marked(part) for part in parts)


def _reference(workspace: Workspace, part: str) -> str:
    target, _, label = part[1:-1].partition("|")
    if target.startswith(("@", "#", "!")):
        return f'<span class="mention">{html.escape(readable(workspace, part))}</span>'
    return f'<a href="{html.escape(target)}">{_marked(label or target)}</a>'


def _marked(text: str) -> str:
    for pattern, drawn in _MRKDWN:
        text = re.sub(pattern, drawn, text)
    return text.replace("\n", "<br>")
