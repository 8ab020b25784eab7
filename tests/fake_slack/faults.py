"""What can go wrong with a call: refusals, broken answers, closed connections, slowness, and pages that shift."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fake_slack.wire import JSON

Reply = Callable[[JSON], web.Response | None]  # None closes the connection
_HTML = "<!DOCTYPE html><html><body>Something went wrong.</body></html>"


@dataclass
class Fault:
    """One way to go wrong. `before` answers without the call's effect, `after` once its effect is done."""

    before: Reply | None = None
    after: Reply | None = None
    change: Callable[[JSON], JSON] | None = None
    seconds: float = 0.0
    by_clock: bool = False


@dataclass
class _Planned:
    fault: Fault
    times: int
    when: Callable[[JSON], bool]
    chance: float = 1.0


@dataclass
class Faults:
    """The faults that wait for a call, in order for each method."""

    random: random.Random
    _planned: dict[str, list[_Planned]] = field(default_factory=dict)

    def fail(
        self,
        method: str,
        fault: Fault,
        *,
        times: int = 1,
        when: Callable[[JSON], bool] = lambda params: True,
        chance: float = 1.0,
    ) -> None:
        """Let the next calls of a method go wrong: those whose arguments fit, with this chance. "*" is any method."""
        self._planned.setdefault(method, []).append(_Planned(fault, times, when, chance))

    def next(self, method: str, params: JSON) -> Fault | None:
        """The fault of this call."""
        for name in (method, "*"):
            for planned in self._planned.get(name, []):
                if planned.times and planned.when(params) and self.random.random() < planned.chance:
                    planned.times -= 1
                    return planned.fault
        return None

    def clear(self) -> None:
        """Let everything go right again."""
        self._planned.clear()


def http429(retry_after: int | str | None = 1) -> Fault:
    """Too many calls; Slack says how many seconds to wait, or forgets to."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(before=lambda _: web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers))


def json_error(code: str) -> Fault:
    """HTTP 200 with an error: ratelimited, internal_error, fatal_error, service_unavailable, request_timeout, ..."""
    return Fault(before=lambda _: web.json_response({"ok": False, "error": code}))


def http(status: int, body: str = _HTML) -> Fault:
    """Another status with a page of HTML."""
    return Fault(before=lambda _: web.Response(text=body, status=status, content_type="text/html"))


def truncated_json() -> Fault:
    """The effect is done; of the answer only a part comes."""
    return Fault(after=lambda _: web.Response(text='{"ok":true,"chan', content_type="application/json"))


def empty_body() -> Fault:
    """The effect is done; the answer is empty."""
    return Fault(after=lambda _: web.Response(text="", content_type="application/json"))


def html_200() -> Fault:
    """A page of HTML that claims to be fine."""
    return http(200)


def drop_before() -> Fault:
    """The connection closes; nothing was done."""
    return Fault(before=lambda _: None)


def drop_after() -> Fault:
    """The effect is done, then the connection closes: the caller cannot know."""
    return Fault(after=lambda _: None)


def slow(seconds: float, *, by_clock: bool = False) -> Fault:
    """The effect is done, the answer comes late: by real seconds, or by the fake's clock."""
    return Fault(seconds=seconds, by_clock=by_clock)


def wrong_cursor() -> Fault:
    """A cursor that is good no more."""
    return json_error("invalid_cursor")


def empty_page_with_cursor() -> Fault:
    """A page with nothing on it that still leads to a next one: the same page again."""
    return Fault(before=lambda _: web.json_response(_EMPTY_PAGE))


def duplicate_page_item() -> Fault:
    """The last item of a page comes twice."""
    return Fault(change=_doubled)


def shift_page(add: Callable[[], object]) -> Fault:
    """While this page is on its way, something is added: `add` does it."""

    def change(answer: JSON) -> JSON:
        add()
        return answer

    return Fault(change=change)


_EMPTY_PAGE: JSON = {
    "ok": True,
    "messages": [],
    "members": [],
    "channels": [],
    "has_more": True,
    "response_metadata": {"next_cursor": "bmV4dDow"},
}


def _doubled(answer: JSON) -> JSON:
    for key in ("messages", "members", "channels"):
        if answer.get(key):
            return answer | {key: [*answer[key], answer[key][-1]]}
    return answer
