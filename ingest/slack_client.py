"""Slack's Web API as the connector reads it: in time, tried again where that helps, with errors a person can act on.

Everything here only reads, so that any call may be repeated. What comes back is checked where it is used.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import httpx
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ingest.reader import LARGEST
from ingest.slack_pace import Pace
from retrieval.errors import SlackRefused, SlackUnavailable, Unreadable, Unusable

API = "https://slack.com/api/"
Json = dict[str, Any]

_log = logging.getLogger(__name__)
_PAGE = 999
_RESTRICTED_PAGE = 15  # docs.slack.dev: apps that a vendor hands out get so many messages, once a minute
_RESTRICTED = ("conversations.history", "conversations.replies")
_TRIES = 6
_LIMITED_TRIES = 30  # waiting as long as Slack says is no fault
_LONGEST_HOLD = 120.0
_EMPTY_PAGES = 50
_LATER = frozenset({"ratelimited", "rate_limited"})
_FAULTS = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
_BROKEN = (URLError, HTTPException, ConnectionError, TimeoutError, json.JSONDecodeError)
_BAD_TOKEN = {
    "not_authed": "no token was sent",
    "invalid_auth": "Slack does not know the token",
    "token_revoked": "the token was revoked",
    "token_expired": "the token has expired",
    "account_inactive": "the app was removed from the workspace",
    "not_allowed_token_type": "it is a token of another kind",
}


class SlackClient:
    """One workspace, as the bot with this token sees it. `restricted` turns True when Slack gives history in drops."""

    def __init__(self, token: str, api: str = API, pace: Pace | None = None) -> None:
        # `call` tries again by itself; and slack_sdk logs answers that it cannot read, with what people wrote.
        silent = logging.Logger("slack_sdk", logging.CRITICAL + 1)
        self._web = WebClient(token, base_url=api, retry_handlers=[], logger=silent)
        self._token = token
        self._host = urlsplit(api).netloc
        self._pace = pace or Pace()
        self.restricted = False

    def call(self, method: str, **params: object) -> Json:
        """What a method answers.

        Raises:
            SlackRefused: Slack says why not; `error` is its word for that.
            SlackUnavailable: it does not answer, or with nothing that can be read.
            Unusable: the token or the app's rights do not allow it.
        """
        given = {name: value for name, value in params.items() if value not in (None, "")}
        faults = limited = 0
        while True:
            self._pace.wait(method)
            cause: Exception
            try:
                return _whole(self._web.api_call(method, params=given).data)
            except SlackApiError as exc:
                error = _error_of(exc)
                status, headers = exc.response.status_code, exc.response.headers
                is_limit = status == 429 or error in _LATER
                if not (is_limit or status >= 500 or error is None or error in _FAULTS):
                    raise _refusal(method, error, exc.response.data) from exc
                what, cause = error or f"HTTP status {status}", exc
            except _BROKEN as exc:
                what, cause, headers, is_limit = type(exc).__name__, exc, {}, False
            limited, faults = limited + is_limit, faults + (not is_limit)
            if faults >= _TRIES or limited >= _LIMITED_TRIES:
                raise SlackUnavailable(
                    f"Slack did not answer {method} ({what}). Try again later: what was read is kept"
                ) from cause
            self._pace.hold(method, _retry_after(headers, 0.25 * 2 ** (faults or limited)))

    def listed(self, method: str, key: str, **params: object) -> list[Any]:
        """All pages of a list, each entry once. A cursor that Slack forgot means to begin again."""
        found: dict[str, Any] = {}
        cursor = ""
        for _ in range(10_000):
            try:
                answer = self.call(method, limit=_PAGE, cursor=cursor, **params)
            except SlackRefused as exc:
                if exc.error != "invalid_cursor" or not cursor:
                    raise
                cursor = ""
                continue
            for entry in answer.get(key) or ():
                found[entry["id"] if isinstance(entry, dict) else entry] = entry
            cursor = _cursor(answer)
            if not cursor:
                return list(found.values())
        raise SlackUnavailable(f"Slack's answers to {method} do not end. Try again later")

    def history(self, channel: str, oldest: str, latest: str) -> Iterator[list[Json]]:
        """Pages of a channel's messages between two times, neither included, newest first.

        Each page begins where the one before ended, not at a cursor: it cannot expire, and a message that is written
        meanwhile shifts nothing.
        """
        cursor, empty = "", 0
        while empty < _EMPTY_PAGES:
            span = {"oldest": oldest, "latest": latest, "cursor": cursor}
            answer = self.call("conversations.history", channel=channel, limit=_PAGE, **span)
            rows = _rows(answer)
            self._notice_restriction(answer, len(rows))
            if rows:
                yield rows
            cursor, empty = _cursor(answer), 0 if rows else empty + 1
            if not (answer.get("has_more") or cursor):
                return
            if rows:
                latest, cursor = min((str(row["ts"]) for row in rows), key=_in_order), ""
        raise SlackUnavailable("Slack's history of a channel does not end. Try again later")

    def replies(self, channel: str, root: str) -> list[Json]:
        """A thread's messages by time, its first one too; none where it is gone."""
        try:
            found = self._replies(channel, root)
        except SlackRefused as exc:
            if exc.error not in ("thread_not_found", "message_not_found"):
                raise
            return []
        return sorted(found, key=lambda row: _in_order(str(row["ts"])))

    def file(self, url: str, size: int, kind: str) -> bytes:
        """The bytes of a file; the token goes to Slack's own hosts only.

        Raises:
            Unreadable: it is elsewhere, too large, or Slack sends its login page instead.
        """
        host = urlsplit(url)
        if host.netloc != self._host and not (host.scheme == "https" and f".{host.netloc}".endswith(".slack.com")):
            raise Unreadable("it is kept outside Slack")
        headers = {"Authorization": f"Bearer {self._token}"}
        data = bytearray()
        try:
            with httpx.stream("GET", url, headers=headers, timeout=60) as answer:
                if answer.status_code != 200:
                    raise Unreadable(f"Slack does not give it (HTTP status {answer.status_code})")
                is_page = answer.headers.get("content-type", "").startswith("text/html") and "html" not in kind
                for part in answer.iter_bytes():
                    data += part
                    if len(data) > LARGEST:
                        raise Unreadable(f"the file is larger than the limit of {LARGEST // 2**20} MiB")
        except httpx.HTTPError as exc:
            raise Unreadable(f"Slack did not give it ({type(exc).__name__})") from exc
        if is_page or (size and len(data) != size):
            raise Unreadable("Slack sent something else in its place; does the app have the scope files:read?")
        return bytes(data)

    def _replies(self, channel: str, root: str) -> list[Json]:
        found: dict[str, Json] = {}
        cursor = ""
        while True:
            try:
                answer = self.call("conversations.replies", channel=channel, ts=root, limit=_PAGE, cursor=cursor)
            except SlackRefused as exc:
                if exc.error != "invalid_cursor" or not cursor:
                    raise
                cursor = ""
                continue
            rows = _rows(answer)
            self._notice_restriction(answer, len(rows))
            found |= {str(row["ts"]): row for row in rows}
            cursor = _cursor(answer)
            if not cursor:
                return list(found.values())

    def _notice_restriction(self, answer: Json, count: int) -> None:
        if not self.restricted and count == _RESTRICTED_PAGE and (answer.get("has_more") or _cursor(answer)):
            _log.warning("Slack gives this app 15 messages a minute")
            self.restricted = True
            self._pace.restrict(_RESTRICTED, 1)


def _whole(data: object) -> Json:
    assert isinstance(data, dict)  # else slack_sdk has raised
    return data


def _error_of(exc: SlackApiError) -> str | None:
    """Slack's word; None where the answer is nothing of Slack's."""
    data = exc.response.data
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, str) and " " not in error else None


def _refusal(method: str, error: str | None, data: object) -> Exception:
    if error == "missing_scope":
        needed = data.get("needed") if isinstance(data, dict) else None
        return Unusable(
            f"Slack's app lacks the scope {needed} for {method}. Add it under OAuth & Permissions of the app at "
            "api.slack.com/apps and install the app again"
        )
    if error in _BAD_TOKEN:
        return Unusable(
            f"Slack refuses the bot token ({error}): {_BAD_TOKEN[error]}. Install the app again and set "
            "FRONTDESK_SLACK_BOT_TOKEN to its bot token, which begins with xoxb-"
        )
    return SlackRefused(method, str(error))


def _retry_after(headers: Mapping[str, Any], otherwise: float) -> float:
    """Seconds; what Slack says may be no number."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    text = str(said[0] if isinstance(said, list) and said else said)
    return min(float(text), _LONGEST_HOLD) if text.isdigit() else otherwise


def _rows(answer: Json) -> list[Json]:
    rows = answer.get("messages")
    return [row for row in rows if isinstance(row, dict) and row.get("ts")] if isinstance(rows, list) else []


def _cursor(answer: Json) -> str:
    metadata = answer.get("response_metadata")
    return str(metadata.get("next_cursor") or "") if isinstance(metadata, dict) else ""


def _in_order(ts: str) -> tuple[int, str]:
    whole, _, part = ts.partition(".")
    return int(whole), part
