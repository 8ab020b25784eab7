"""The Web API over HTTP: arguments from wherever they stand, tokens, rates, faults, and a record of every call."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fake_slack.faults import Fault, Faults
from tests.fake_slack.method import METHODS, Call
from tests.fake_slack.rates import Rates
from tests.fake_slack.tokens import Token
from tests.fake_slack.wire import JSON, SlackError
from tests.fake_slack.workspace import Workspace


@dataclass
class Record:
    """One call of a method, as it was answered."""

    number: int
    time: float
    method: str
    verb: str
    content_type: str
    token: str
    params: JSON
    status: int = 0
    response: JSON = field(default_factory=dict)


class WebApi:
    """The route `/api/{method}`."""

    def __init__(self, workspace: Workspace, *, strict: bool) -> None:
        self._workspace = workspace
        self._strict = strict
        self.records: list[Record] = []
        self.unknown: list[str] = []  # methods that were called and that Slack does not have
        self.faults = Faults(workspace.random)
        self.rates = Rates(workspace.clock)
        self.before: Callable[[], None] = lambda: None  # brings the state up to the time of the call

    def calls(self, method: str = "") -> list[Record]:
        """The calls of one method, or all of them."""
        return [record for record in self.records if method in ("", record.method)]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        name = request.match_info["method"]
        params, broken = await _arguments(request)
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            client, _, secret = base64.b64decode(bearer).decode().partition(":")
            params |= {"client_id": client, "client_secret": secret}
        bearer = bearer.strip() or str(params.pop("token", ""))
        number, now = len(self.records) + 1, self._workspace.clock.now()
        record = Record(number, now, name, request.method, request.content_type, bearer, params)
        self.records.append(record)
        fault = self.faults.next(name, params)
        if fault is not None and fault.before is not None:
            return await self._misbehave(request, record, fault, fault.before)
        answer = self._rated(record) or (SlackError("invalid_json").json if broken else self._answer(record))
        if fault is not None and fault.change is not None:
            answer = fault.change(answer)
        if fault is not None and fault.seconds:
            await self._pause(fault)
        record.status, record.response = record.status or 200, answer
        if fault is not None and fault.after is not None:
            return await self._misbehave(request, record, fault, fault.after)
        return web.json_response(_warned(request, answer), status=record.status, headers=self._headers(record))

    def _answer(self, record: Record) -> JSON:
        workspace = self._workspace
        with workspace.lock:
            self.before()
            try:
                return {"ok": True, **self._run(record)}
            except SlackError as refusal:
                return refusal.json

    def _run(self, record: Record) -> JSON:
        method = METHODS.get(record.method)
        if method is None:
            if self._strict:
                self.unknown.append(record.method)
            raise SlackError("unknown_method", req_method=record.method)
        token = self._token(record)
        method.check(token)
        return method.run(Call(self._workspace, token, dict(record.params), record.method))

    def _token(self, record: Record) -> Token:
        if record.method == "oauth.v2.access":  # its caller has a secret instead
            return Token("", scopes=set())
        return self._workspace.tokens.good(record.token, self._workspace.clock.now())

    def _rated(self, record: Record) -> JSON | None:
        """The refusal of a call too many."""
        method = METHODS.get(record.method)
        token = self._workspace.tokens.find(record.token)
        if method is None or token is None:
            return None
        seconds = self.rates.wait(token.team, method, record.params, restricted=self._workspace.restricted_history)
        if not seconds:
            return None
        record.status = 429
        return {"ok": False, "error": "ratelimited", "retry_after": seconds}

    def _headers(self, record: Record) -> dict[str, str]:
        method, token = METHODS.get(record.method), self._workspace.tokens.find(record.token)
        headers = {"x-slack-req-id": f"req-{record.number}"}
        headers["x-oauth-scopes"] = ",".join(sorted(token.scopes)) if token else ""
        headers["x-accepted-oauth-scopes"] = method.scope if method else ""
        if record.status == 429:
            headers["Retry-After"] = str(record.response.pop("retry_after"))
        return headers

    async def _pause(self, fault: Fault) -> None:
        await (self._workspace.clock.sleep if fault.by_clock else asyncio.sleep)(fault.seconds)

    async def _misbehave(
        self, request: web.Request, record: Record, fault: Fault, reply: Callable[[JSON], web.Response | None]
    ) -> web.StreamResponse:
        response = reply(record.response)
        if response is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        record.status = response.status
        return response


async def _arguments(request: web.Request) -> tuple[JSON, bool]:
    """Query, form and JSON together; and whether the JSON was none."""
    params: JSON = dict(request.query)
    body = await request.text() if request.content_type == "application/json" else ""
    if body:
        try:
            given: Any = json.loads(body)
        except ValueError:
            return params, True
        return params | (given if isinstance(given, dict) else {}), not isinstance(given, dict)
    form = await request.post() if request.method == "POST" else {}
    return params | {name: value for name, value in form.items() if isinstance(value, str)}, False


def _warned(request: web.Request, answer: JSON) -> JSON:
    if request.content_type != "application/json" or request.charset:
        return answer
    meta = answer.get("response_metadata", {})
    warnings = [*meta.get("warnings", []), "missing_charset"]
    return answer | {"warning": ",".join(warnings), "response_metadata": meta | {"warnings": warnings}}
