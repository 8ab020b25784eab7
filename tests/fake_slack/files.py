"""Methods about files, their upload in three steps, and the addresses where their bytes are."""

import mimetypes
from typing import Any

from aiohttp import web

from tests.fake_slack import messages
from tests.fake_slack.channel import Channel
from tests.fake_slack.file import File
from tests.fake_slack.method import Call, method
from tests.fake_slack.tokens import Token
from tests.fake_slack.user import User
from tests.fake_slack.wire import JSON, SlackError, bad_arguments
from tests.fake_slack.workspace import Workspace

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to your workspace</body></html>"


def new(workspace: Workspace, user: str, name: str, content: bytes = b"") -> File:
    """Make a file that nobody was shown yet."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    made = File(workspace.fresh("F"), name, content, user, kind, created=int(workspace.clock.now()))
    workspace.files[made.id] = made
    return made


def shown(workspace: Workspace, file: File) -> JSON:
    """The object of files.info."""
    sorts = {channel.id: channel.sort.value for channel in workspace.channels.values()}
    return file.json(workspace.url, workspace.team.domain, workspace.team.id, sorts)


def share(workspace: Workspace, user: User, channel: Channel, files: list[File], fields: JSON) -> JSON:
    """Post files with a message."""
    for file in files:
        file.shares.setdefault(channel.id, [])
    fields = fields | {"subtype": "file_share", "upload": True, "files": [shown(workspace, file) for file in files]}
    message = messages.post(workspace, channel, user, fields)
    for file in files:
        entry = {"ts": message["ts"], "channel_name": channel.name, "team_id": workspace.team.id}
        file.shares[channel.id].append(entry | {"share_user_id": user.id, "reply_users": [], "reply_count": 0})
        event = {"type": "file_shared", "file_id": file.id, "user_id": user.id, "file": {"id": file.id}}
        workspace.outbox.put(event | {"channel_id": channel.id, "event_ts": message["ts"]}, channel)
    message["files"] = [shown(workspace, file) for file in files]
    return message


def delete(workspace: Workspace, file: File) -> None:
    """Delete a file: in its messages a tombstone stays, and a message that was nothing but the file goes."""
    file.deleted = True
    for channel_id, shares in file.shares.items():
        channel = workspace.channels[channel_id]
        for entry in shares:
            message = channel.messages.get(entry["ts"])
            if message is None:
                continue
            if not message["text"] and len(message["files"]) == 1:
                messages.delete(workspace, channel, entry["ts"])
                continue
            grave = {"id": file.id, "mode": "tombstone"}
            left = [grave if one["id"] == file.id else one for one in message["files"]]
            messages.edit(workspace, channel, entry["ts"], {"files": left}, by="")
    event = {"type": "file_deleted", "file_id": file.id, "channel_ids": list(file.shares)}
    workspace.outbox.put(event | {"event_ts": workspace.next_ts()})


def may_see(workspace: Workspace, file: File, token: Token) -> bool:
    """Whether this token's user is where the file was shown, or brought it."""
    places = [workspace.channels[channel] for channel in file.shares]
    return file.user == token.user or any(token.user in place.members or not place.is_private for place in places)


@method("files.info", "files:read", tier=4)
def info(call: Call) -> JSON:
    file = _found(call, call.needed("file"))
    return {"file": shown(call.workspace, file), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.list", "files:read")
def list_files(call: Call) -> JSON:
    first, last = float(call.text("ts_from") or 0), float(call.text("ts_to") or "inf")
    found = [
        file
        for file in call.workspace.files.values()
        if not file.deleted
        and first <= file.created <= last
        and call.text("channel") in ("", *file.shares)
        and may_see(call.workspace, file, call.token)
    ]
    count, number = call.number("count", 100), call.number("page", 1)
    paging = {"count": count, "total": len(found), "page": number, "pages": -(-len(found) // count)}
    part = found[(number - 1) * count : number * count]
    return {"files": [shown(call.workspace, file) for file in part], "paging": paging}


@method("files.getUploadURLExternal", "files:write", tier=4)
def upload_url(call: Call) -> JSON:
    if call.number("length", 0) <= 0:
        raise bad_arguments("missing required field: length")
    file = new(call.workspace, call.token.user, call.needed("filename"))
    return {"upload_url": f"{call.workspace.url}/upload/v1/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write", tier=4)
def complete_upload(call: Call) -> JSON:
    given = call.json("files")
    if not isinstance(given, list) or not given:
        raise bad_arguments("missing required field: files")
    done = [_found(call, item["id"]) for item in given]
    for file, item in zip(done, given, strict=True):
        file.title = item.get("title", "")
    if call.text("channel_id"):
        fields: JSON = {"text": call.text("initial_comment")}
        fields |= {"thread_ts": call.text("thread_ts")} if call.text("thread_ts") else {}
        share(call.workspace, call.workspace.users[call.token.user], call.channel("channel_id"), done, fields)
    return {"files": [{"id": file.id, "title": file.title} for file in done]}


@method("files.delete", "files:write")
def delete_file(call: Call) -> JSON:
    delete(call.workspace, _found(call, call.needed("file")))
    return {}


class FileRoutes:
    """The addresses of bytes. `mangle` changes what a download gives, such as a login page although all is well."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.mangle: Any = None  # a function from File to a web.Response, for the next downloads

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file."""
        file = self._workspace.files.get(request.match_info["id"])
        if file is None:
            return web.Response(status=404)
        file.content = await request.read()
        return web.Response(text=f"OK - {len(file.content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give the bytes; whoever has no right gets a login page, and status 200."""
        file = self._workspace.files.get(request.match_info["place"].partition("-")[2])
        if file is None or file.deleted:
            return web.Response(status=404)
        if not self._allowed(request, file):
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if self.mangle is not None:
            mangled: web.Response = self.mangle(file)
            return mangled
        part = request.http_range
        whole = part.start is None and part.stop is None
        body = file.content[part]
        return web.Response(body=body, status=200 if whole else 206, content_type=file.mimetype)

    def _allowed(self, request: web.Request, file: File) -> bool:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        try:
            token = self._workspace.tokens.good(bearer, self._workspace.clock.now())
        except SlackError:
            return False
        return "files:read" in token.scopes and may_see(self._workspace, file, token)


def _found(call: Call, id: str) -> File:  # noqa: A002
    file = call.workspace.files.get(id)
    if file is None:
        raise SlackError("file_not_found")
    if file.deleted:
        raise SlackError("file_deleted")
    if not may_see(call.workspace, file, call.token):
        raise SlackError("not_visible")
    return file
