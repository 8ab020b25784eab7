"""Long lists in pages, with cursors as Slack gives them: opaque, and empty at the end."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from tests.fake_slack.method import Call
from tests.fake_slack.wire import JSON, SlackError

T = TypeVar("T")


def page(call: Call, items: Sequence[T], default: int = 100, most: int = 1000) -> tuple[list[T], JSON]:
    """The items of this page, and the fields that lead to the next one."""
    limit = call.number("limit", default)
    if not 0 <= limit <= most:
        raise SlackError("invalid_limit")
    limit = limit or default
    start = _place(call.text("cursor"))
    more = start + limit < len(items)
    cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if more else ""
    return list(items[start : start + limit]), {"response_metadata": {"next_cursor": cursor}}


def _place(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (binascii.Error, ValueError):
        raise SlackError("invalid_cursor") from None
