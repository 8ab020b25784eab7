"""What is wrong with the blocks of a message or a view, by Slack's limits."""

from collections.abc import Iterator
from typing import Any

from tests.fake_slack.wire import JSON, SlackError, bad_arguments

KNOWN = frozenset(
    [
        "section",
        "header",
        "divider",
        "context",
        "actions",
        "input",
        "image",
        "markdown",
        "rich_text",
        "context_actions",
        "table",
        "file",
        "video",
        "task_card",
        "plan",
        "alert",
        "card",
        "carousel",
    ]
)
MOST_IN_MESSAGE, MOST_IN_VIEW = 50, 100
MOST_TEXT, MOST_MARKDOWN = 13_200, 12_000
_TEXTS = {"section": 3000, "header": 150}


def checked(blocks: Any, most: int = MOST_IN_MESSAGE) -> list[JSON]:
    """The blocks, or the refusal that Slack gives."""
    if blocks is None:
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    if len(blocks) > most:
        raise bad_arguments(f"no more than {most} items allowed [json-pointer:/blocks]", code="invalid_blocks")
    faults = [fault for number, block in enumerate(blocks) for fault in _faults(block, f"/blocks/{number}")]
    if faults:
        raise bad_arguments(*faults, code="invalid_blocks")
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MOST_MARKDOWN or sum(len(text) for text in texts(blocks)) > MOST_TEXT:
        raise SlackError("msg_blocks_too_long")
    return blocks


def texts(value: Any) -> Iterator[str]:
    """Every text that a reader would see somewhere in blocks."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def elements(blocks: list[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """Each element that a person can use, with its block."""
    for block in blocks:
        inner = block.get("elements", []) if block["type"] in ("actions", "context_actions") else []
        for element in [*inner, block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def _faults(block: JSON, where: str) -> Iterator[str]:
    kind = block.get("type")
    if kind not in KNOWN:
        yield f"unsupported type: {kind} [json-pointer:{where}/type]"
        return
    if len(str(block.get("block_id", ""))) > 255:
        yield f"must be less than 256 characters [json-pointer:{where}/block_id]"
    yield from _text_faults(block, kind, where)
    most = {"actions": 25, "context": 10, "context_actions": 5}.get(kind)
    if most is not None and not 1 <= len(block.get("elements", [])) <= most:
        yield f"must have 1 to {most} items [json-pointer:{where}/elements]"
    for _, element in elements([block]):
        yield from _element_faults(element, where)


def _text_faults(block: JSON, kind: str, where: str) -> Iterator[str]:
    text = block.get("text")
    if kind == "markdown":
        if not isinstance(text, str) or not text:
            yield f"missing required field: text [json-pointer:{where}]"
        return
    if kind == "header" or (kind == "section" and "fields" not in block):
        if not isinstance(text, dict) or not text.get("text"):
            yield f"missing required field: text [json-pointer:{where}]"
        elif len(text["text"]) > _TEXTS[kind]:
            yield f"must be less than {_TEXTS[kind] + 1} characters [json-pointer:{where}/text/text]"
    for field in block.get("fields", []) if kind == "section" else []:
        if len(field.get("text", "")) > 2000:
            yield f"must be less than 2001 characters [json-pointer:{where}/fields]"


def _element_faults(element: JSON, where: str) -> Iterator[str]:
    if len(element["action_id"]) > 255:
        yield f"must be less than 256 characters [json-pointer:{where}/action_id]"
    if element.get("type") == "button" and len(element.get("text", {}).get("text", "")) > 75:
        yield f"must be less than 76 characters [json-pointer:{where}/text]"
    sides = [element, element.get("positive_button", {}), element.get("negative_button", {})]
    if any(len(str(side.get("value", ""))) > 2000 for side in sides):
        yield f"must be less than 2001 characters [json-pointer:{where}/value]"
    if len(element.get("url", "")) > 3000:
        yield f"must be less than 3001 characters [json-pointer:{where}/url]"
