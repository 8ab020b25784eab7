"""Signed HTTP delivery to the app's request URL; it can also send what a forger or a broken clock would send."""

import hashlib
import hmac
import json
import time
from enum import Enum
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.fake_slack.clock import within
from tests.fake_slack.parcel import ACK_SECONDS, Outcome, Parcel
from tests.fake_slack.wire import JSON
from tests.fake_slack.workspace import Workspace

AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


class Signature(Enum):
    """How a request is signed. Times are this machine's, because the app compares them with its own."""

    GOOD = "good"
    BAD = "made with another secret"
    STALE = "301 seconds old"
    FUTURE = "ten minutes ahead"
    MISSING = "not there"
    GARBAGE_TIME = "with a time that is no number"


class HttpEvents:
    """The sender of requests to one URL."""

    def __init__(self, workspace: Workspace, url: str, signing_secret: str) -> None:
        self._workspace = workspace
        self._url = url
        self._secret = signing_secret
        self._last: tuple[str, dict[str, str]] = ("", {})

    async def attempt(self, parcel: Parcel, number: int) -> Outcome:
        """Send a parcel once, as Slack does."""
        body, content_type = _body(parcel)
        headers = self._signed(body, content_type, Signature.GOOD)
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": parcel.outcome.reason}
        try:
            answer = await within(self._workspace.clock, ACK_SECONDS, self._post(body, headers))
        except aiohttp.TooManyRedirects:
            return Outcome(acknowledged=False, reason="too_many_redirects")
        except aiohttp.ClientError:
            return Outcome(acknowledged=False, reason="connection_failed")
        if answer is None:
            return Outcome(acknowledged=False, reason="http_timeout")
        status, text, no_retry = answer
        if not 200 <= status < 300:
            return Outcome(acknowledged=False, reason="http_error", again=not no_retry)
        return Outcome(acknowledged=True, response=_response(text))

    async def raw(self, payload: JSON, signature: Signature = Signature.GOOD) -> tuple[int, str]:
        """Send any JSON, signed like this; gives status and text."""
        body = json.dumps(payload)
        status, text, _ = await self._post(body, self._signed(body, _JSON, signature))
        return status, text

    async def replay(self) -> tuple[int, str]:
        """Send the last request again, to the letter."""
        status, text, _ = await self._post(*self._last)
        return status, text

    async def verify_url(self, challenge: str = "challenge") -> tuple[int, str]:
        """What Slack sends when the URL is entered."""
        return await self.raw({"token": "verification-token", "challenge": challenge, "type": "url_verification"})

    async def rate_limited(self) -> tuple[int, str]:
        """Say that the app gets too many events."""
        minute = int(self._workspace.clock.now()) // 60 * 60
        head = {"token": "verification-token", "type": "app_rate_limited", "team_id": self._workspace.team.id}
        return await self.raw(head | {"minute_rate_limited": minute, "api_app_id": self._workspace.bot.app})

    async def ssl_check(self) -> tuple[int, str]:
        """Ask whether the certificate is fine."""
        body = "ssl_check=1&token=verification-token"
        status, text, _ = await self._post(body, self._signed(body, _FORM, Signature.GOOD))
        return status, text

    def _signed(self, body: str, content_type: str, signature: Signature) -> dict[str, str]:
        headers = {"Content-Type": content_type, "User-Agent": AGENT}
        if signature is Signature.MISSING:
            return headers
        shift = {Signature.STALE: -301, Signature.FUTURE: 600}.get(signature, 0)
        stamp = "yesterday" if signature is Signature.GARBAGE_TIME else str(int(time.time()) + shift)
        secret = "another" if signature is Signature.BAD else self._secret
        digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return headers | {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    async def _post(self, body: str, headers: dict[str, str]) -> tuple[int, str, bool]:
        self._last = (body, headers)
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._url, data=body.encode(), headers=headers, max_redirects=2) as response,
        ):
            return response.status, await response.text(), response.headers.get("x-slack-no-retry") == "1"


def _body(parcel: Parcel) -> tuple[str, str]:
    if parcel.kind == "events_api":
        return json.dumps(parcel.payload), _JSON
    form = parcel.payload if parcel.kind == "slash_commands" else {"payload": json.dumps(parcel.payload)}
    return urlencode(form), _FORM


def _response(text: str) -> JSON | None:
    """What an acknowledgement carries: JSON, or a line of plain text."""
    if not text.strip():
        return None
    try:
        answer: Any = json.loads(text)
    except ValueError:
        return {"text": text}
    return answer if isinstance(answer, dict) else {"text": text}
