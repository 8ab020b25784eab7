"""The response_url that comes with a person's action: five answers within half an hour."""

import copy
from dataclasses import dataclass

from aiohttp import web

from tests.fake_slack import messages
from tests.fake_slack.channel import Channel
from tests.fake_slack.chat import numbered, whisper
from tests.fake_slack.faults import Faults
from tests.fake_slack.wire import JSON
from tests.fake_slack.workspace import Workspace

USES, SECONDS = 5, 1800.0


@dataclass
class _Hook:
    channel: Channel
    user: str
    ts: str  # of the message that was clicked; empty for a command
    expires: float
    left: int = USES


class Hooks:
    """The addresses that were given out."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self._workspace = workspace
        self._faults = faults
        self._hooks: dict[str, _Hook] = {}

    def new(self, kind: str, channel: Channel, user: str, ts: str = "") -> str:
        """An address; `kind` is "actions" or "commands"."""
        id = self._workspace.fresh("H")  # noqa: A001
        self._hooks[id] = _Hook(channel, user, ts, self._workspace.clock.now() + SECONDS)
        return f"{self._workspace.url}/{kind}/{id}"

    async def serve(self, request: web.Request) -> web.Response:
        """Take one answer; its faults are those of the method "response_url"."""
        fault = self._faults.next("response_url", {})
        if fault is not None and fault.before is not None:
            return _misbehaved(request, fault.before({}))
        answer = await self._taken(request)
        if fault is not None and fault.after is not None:
            return _misbehaved(request, fault.after({}))
        return answer

    async def _taken(self, request: web.Request) -> web.Response:
        hook = self._hooks.get(request.match_info["id"])
        if hook is None or hook.expires <= self._workspace.clock.now():
            return _refused("expired_url")
        if not hook.left:
            return _refused("used_url")
        hook.left -= 1
        with self._workspace.lock:
            self._answer(hook, await request.json())
        return web.Response(text="ok")

    def _answer(self, hook: _Hook, given: JSON) -> None:
        whispered = next((m for m in self._workspace.ephemerals if hook.ts and m["ts"] == hook.ts), None)
        if given.get("delete_original"):
            self._delete(hook, whispered)
            return
        fields = {"text": given.get("text", "")}
        if given.get("blocks"):
            fields["blocks"] = numbered(self._workspace, given["blocks"])
        if given.get("replace_original") and hook.ts:
            self._replace(hook, whispered, fields)
        elif given.get("response_type") == "in_channel":
            thread = {"thread_ts": given["thread_ts"]} if given.get("thread_ts") else {}
            author = self._workspace.users[self._workspace.bot.user]
            messages.post(self._workspace, hook.channel, author, fields | thread)
        else:
            whisper(self._workspace, hook.channel, hook.user, fields | {"thread_ts": given.get("thread_ts")})

    def _delete(self, hook: _Hook, whispered: JSON | None) -> None:
        if whispered is not None:
            self._workspace.ephemerals.remove(whispered)
            self._workspace.show("deleted", hook.channel.id, whispered, hook.user)
        elif hook.ts:
            messages.delete(self._workspace, hook.channel, hook.ts)

    def _replace(self, hook: _Hook, whispered: JSON | None, fields: JSON) -> None:
        if whispered is None:
            messages.edit(self._workspace, hook.channel, hook.ts, fields, by=self._workspace.bot.id)
            return
        whispered.pop("blocks", None)
        whispered |= fields
        self._workspace.show("updated", hook.channel.id, copy.deepcopy(whispered), hook.user)


def _refused(code: str) -> web.Response:
    return web.json_response({"ok": False, "error": code}, status=404)


def _misbehaved(request: web.Request, response: web.Response | None) -> web.Response:
    if response is None and request.transport is not None:
        request.transport.abort()
    return response or web.Response()
