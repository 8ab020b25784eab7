"""Calls to Slack's Web API, in one place: they wait when Slack says so, and tell whether a broken one may have worked.

The SDK's own retry would send a message twice when a connection breaks after Slack has posted it.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

_log = logging.getLogger(__name__)
_TRIES = 4
_WAITS = 20  # times that a call waits because Slack wants it to
_LONGEST_WAIT = 60.0  # seconds
_BUSY = {"ratelimited", "rate_limited"}
_BROKEN = {
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "accesslimited",
}
_AGAIN_WOULD_DOUBLE = {
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.startStream",
    "chat.appendStream",
    "views.open",
}


class SlackRefused(Exception):
    """Slack says no; `error` is its word for why, `needed` the scope that is missing."""

    def __init__(self, method: str, error: str, needed: str = "") -> None:
        super().__init__(f"{method}: {error}" + (f" ({needed})" if needed else ""))
        self.error = error
        self.needed = needed


class SlackUnsure(Exception):
    """The call broke off; whether Slack did it is not known."""


class SlackAway(SlackUnsure):
    """Slack could not be reached for a while."""


class Clock(Protocol):
    """The time, so that tests need not wait."""

    def now(self) -> float:
        """Seconds since 1970."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when this much time has passed."""
        ...


class RealClock:
    """The time of this machine."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return when this much time has passed."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Calls:
    """The Web API. Methods go by Slack's own names: `await calls("chat.postMessage", channel=..., text=...)`."""

    client: AsyncWebClient
    clock: Clock

    async def __call__(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method.

        Raises:
            SlackRefused: Slack says no.
            SlackUnsure: the call broke off and doing it again could double it.
            SlackAway: Slack could not be reached in several tries.
        """
        waits = tries = 0
        while True:
            outcome = await self._once(method, arguments)
            if not isinstance(outcome, _Wait):
                return outcome
            if outcome.is_asked:
                waits += 1
            elif method in _AGAIN_WOULD_DOUBLE:
                raise SlackUnsure(f"{method}: {outcome.why}")
            else:
                tries += 1
            if waits > _WAITS or tries >= _TRIES:
                raise SlackAway(f"{method}: {outcome.why}")
            await self.clock.sleep(outcome.seconds)

    async def reply(self, url: str, **shown: Any) -> None:
        """Say something at the address that Slack gave with a command or a click.

        Raises:
            SlackRefused: the address is good no more.
            SlackUnsure: the call broke off; doing it again could double it.
        """
        hook = AsyncWebhookClient(url, session=self.client.session, retry_handlers=[], logger=self.client.logger)
        for _ in range(_WAITS):
            try:
                response = await hook.send_dict(shown)
            except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as exc:
                raise SlackUnsure(f"response_url: {type(exc).__name__}") from exc
            if response.status_code == 200:
                return
            if response.status_code >= 500:
                raise SlackUnsure(f"response_url: HTTP {response.status_code}")
            if response.status_code != 429:
                raise SlackRefused("response_url", response.body[:100])
            await self.clock.sleep(_retry_after(response))
        raise SlackRefused("response_url", "ratelimited")

    async def all(self, method: str, key: str, **arguments: Any) -> list[Any]:
        """All pages of a list, joined."""
        found: list[Any] = []
        cursor = ""
        while True:
            try:
                page = await self(method, **arguments, **({"cursor": cursor} if cursor else {}))
            except SlackRefused as exc:
                if exc.error != "invalid_cursor" or not cursor:
                    raise
                found, cursor = [], ""  # it aged while we waited
                continue
            found += page.get(key) or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found

    async def _once(self, method: str, arguments: Mapping[str, Any]) -> "Mapping[str, Any] | _Wait":
        try:
            response = await getattr(self.client, method.replace(".", "_"))(**arguments)
        except SlackApiError as exc:
            return _judged(method, exc)
        except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as exc:
            _log.info("%s broke off: %s", method, type(exc).__name__)
            return _Wait(1.0, type(exc).__name__)
        found: Mapping[str, Any] = response.data
        return found


@dataclass(frozen=True, slots=True)
class _Wait:
    """Try again after this; `is_asked` where Slack asks for it and has certainly done nothing."""

    seconds: float
    why: str
    is_asked: bool = False


def _judged(method: str, exc: SlackApiError) -> _Wait:
    response = exc.response
    status, error = getattr(response, "status_code", 0), ""
    if hasattr(response, "get") and hasattr(response, "status_code"):
        error = str(response.get("error") or "")
    if status == 429 or error in _BUSY:
        return _Wait(_retry_after(response), error or "429", is_asked=True)
    if status >= 500 or error in _BROKEN or not error or error.startswith("Received a response in a non-JSON"):
        return _Wait(1.0, error or f"HTTP {status}")
    raise SlackRefused(method, error, str(response.get("needed") or "")) from exc


def _retry_after(response: Any) -> float:
    headers = {str(name).lower(): value for name, value in dict(getattr(response, "headers", {})).items()}
    try:
        return min(max(float(headers["retry-after"]), 0.1), _LONGEST_WAIT)
    except (KeyError, ValueError, TypeError):
        return 1.0
