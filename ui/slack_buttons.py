"""Buttons and dialogs. Pure. What a button must remember travels in its value, so that a restart loses nothing."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ui import slack_words
from ui.slack_mrkdwn import Block, text_section

FEEDBACK = "answer_feedback"
REASON = "answer_reason"
SHOW_ME = "show_me_privately"
SHARE = "share_with_channel"
ASK_HR = "ask_hr"
SEND_TO_HR = "send_to_hr"
ON_THE_WEB = "continue_on_the_web"
SHORTCUT = "ask_about_this"
COMMAND = "/ask"
_VALUE_LIMIT = 2_000  # characters
_REASON_LIMIT = 1_000
_METADATA_LIMIT = 3_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A question that a button remembers."""

    channel: str
    thread: str
    question: str


def feedback(answer: str) -> Block:
    """Helpful or not."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": FEEDBACK,
                "positive_button": _judging("Helpful", f"good:{answer}", "This answer helped"),
                "negative_button": _judging("Not helpful", f"bad:{answer}", "This answer did not help"),
            }
        ],
    }


def next_steps(kept: Kept, page: str, *, asks_hr: bool) -> list[Block]:
    """What one can do with an answer in a thread."""
    buttons = []
    if asks_hr:
        buttons.append(_button(slack_words.ASK_HR, ASK_HR, pack(kept)))
    if page:
        buttons.append({**_button(slack_words.ON_THE_WEB, ON_THE_WEB, ""), "url": page})
    return [{"type": "actions", "elements": buttons}] if buttons else []


def private_offer(kept: Kept) -> list[Block]:
    """Said to the asker alone: there is more."""
    button = _button(slack_words.SHOW_ME, SHOW_ME, pack(kept))
    return [text_section(slack_words.BETTER_IN_PRIVATE), {"type": "actions", "elements": [button]}]


def sharing(kept: Kept) -> Block:
    """Below an answer that only one person sees."""
    return {"type": "actions", "elements": [_button(slack_words.SHARE, SHARE, pack(kept))]}


def pack(kept: Kept) -> str:
    """A question as a button's value."""
    value, question = json.dumps(asdict(kept), ensure_ascii=False), kept.question
    while len(value) > _VALUE_LIMIT:
        question = question[: -(len(value) - _VALUE_LIMIT)]
        value = json.dumps(asdict(kept) | {"question": question}, ensure_ascii=False)
    return value


def unpack(value: str) -> Kept:
    """The question again."""
    return Kept(**json.loads(value))


def reason_dialog(answer: str) -> dict[str, Any]:
    """Asks why an answer did not help."""
    return {
        "type": "modal",
        "callback_id": REASON,
        "private_metadata": answer,
        "title": _plain("What was wrong?"),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "blocks": [_input("What would have helped? Leave out what is private.", "reason")],
    }


def hr_dialog(question: str, sources: str) -> dict[str, Any]:
    """Shows what would be sent to HR, and asks whether it may be. Both are markup already."""
    lines = [f"*Question*\n{question}", *sources.split("\n")]
    while len(lines) > 1 and len(json.dumps("\n".join(lines))) > _METADATA_LIMIT:
        lines.pop()  # a source less
    preview = "\n".join(lines)
    while len(json.dumps(preview)) > _METADATA_LIMIT:
        preview = preview[: -(len(json.dumps(preview)) - _METADATA_LIMIT)]
    return {
        "type": "modal",
        "callback_id": SEND_TO_HR,
        "private_metadata": json.dumps(preview),
        "title": _plain("Ask HR"),
        "submit": _plain("Send to HR"),
        "close": _plain("Cancel"),
        "blocks": [
            text_section("People in the HR channel will see your name and this:"),
            text_section(preview),
            _input("Anything to add?", "note"),
        ],
    }


def typed(view: Mapping[str, Any], name: str) -> str:
    """What somebody typed into a dialog's field."""
    field = view["state"]["values"].get(name, {}).get(name, {})
    return str(field.get("value") or "").strip()


def _judging(text: str, value: str, label: str) -> dict[str, Any]:
    return {"text": _plain(text), "value": value, "accessibility_label": label}


def _button(text: str, action: str, value: str) -> dict[str, Any]:
    button: dict[str, Any] = {"type": "button", "action_id": action, "text": _plain(text)}
    return button | ({"value": value} if value else {})


def _input(label: str, name: str) -> Block:
    field = {"type": "plain_text_input", "action_id": name, "multiline": True, "max_length": _REASON_LIMIT}
    return {"type": "input", "block_id": name, "optional": True, "label": _plain(label), "element": field}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
