"""Methods that write a message piece by piece."""

import copy
from typing import Any

from tests.fake_slack import messages
from tests.fake_slack.agents import settle, start_session
from tests.fake_slack.blocks import MOST_IN_MESSAGE, checked
from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.chat import LONGEST, LONGEST_MARKDOWN, numbered, own, writable
from tests.fake_slack.method import Call, method
from tests.fake_slack.wire import JSON, SlackError, thread_of
from tests.fake_slack.workspace import Stream, Workspace

LIFETIME = 300.0
CHUNKS = {"markdown_text": "text", "task_update": "id", "plan_update": "title", "blocks": "blocks"}


def expire(workspace: Workspace) -> None:
    """End the streams whose time is over."""
    for (channel_id, ts), stream in list(workspace.streams.items()):
        if workspace.clock.now() - stream.started >= LIFETIME:
            del workspace.streams[channel_id, ts]
            message = workspace.channels[channel_id].messages.get(ts)
            if message is not None:
                _say(workspace, workspace.channels[channel_id], message, "errored")


@method("chat.startStream", "chat:write", tier=2)
def start(call: Call) -> JSON:
    workspace = call.workspace
    channel = writable(call)
    _recipients(call, channel)
    fields: JSON = {"text": "", "streaming_state": "in_progress"}
    if thread := call.text("thread_ts"):
        root = channel.messages.get(thread)
        if root is None or root.get("subtype") == "tombstone":
            raise SlackError("invalid_thread_ts")
        fields["thread_ts"] = thread
    elif channel.sort is Sort.DIRECT:
        raise SlackError("invalid_thread_ts")
    mode, pieces = _pieces(call)
    author = workspace.users[call.token.user]
    stream = Stream(workspace.clock.now(), mode)
    _grow(workspace, stream, fields, pieces)
    message = messages.post(workspace, channel, author, fields)
    workspace.streams[channel.id, message["ts"]] = stream
    start_session(workspace, channel, thread_of(message))
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.appendStream", "chat:write", tier=4)
def append(call: Call) -> JSON:
    channel, message, stream = _running(call)
    _add(call, channel, message, stream, needed=True)
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.stopStream", "chat:write", tier=2)
def stop(call: Call) -> JSON:
    channel, message, stream = _running(call)
    blocks = call.json("blocks", "invalid_blocks") or []
    if len(blocks) > MOST_IN_MESSAGE:
        raise SlackError("msg_blocks_too_many")
    blocks = checked(blocks)
    _add(call, channel, message, stream, needed=False)
    del call.workspace.streams[channel.id, message["ts"]]
    if stream.blocks or blocks:
        message["blocks"] = numbered(call.workspace, [*stream.blocks, *blocks])
    if metadata := call.json("metadata", "invalid_metadata_format"):
        message["metadata"] = metadata
    _say(call.workspace, channel, message, "completed")
    settle(call.workspace, channel, thread_of(message), call.text("session_status", "active"))
    return {"channel": channel.id, "ts": message["ts"], "message": copy.deepcopy(message)}


def _recipients(call: Call, channel: Channel) -> None:
    if channel.sort is Sort.DIRECT:
        return
    for name in ("recipient_team_id", "recipient_user_id"):
        if not call.text(name):
            raise SlackError(f"missing_{name}")


def _running(call: Call) -> tuple[Channel, JSON, Stream]:
    channel = writable(call)
    expire(call.workspace)
    message = own(call, channel, "message_not_owned_by_app")
    stream = call.workspace.streams.get((channel.id, message["ts"]))
    if stream is None:
        raise SlackError("message_not_in_streaming_state")
    if stream.stopped_by_user and call.method == "chat.appendStream":
        raise SlackError("stopped_by_user")
    return channel, message, stream


def _add(call: Call, channel: Channel, message: JSON, stream: Stream, *, needed: bool) -> None:
    mode, pieces = _pieces(call, needed=needed)
    if mode and stream.mode and mode != stream.mode:
        raise SlackError("streaming_mode_mismatch")
    stream.mode = stream.mode or mode
    before = copy.deepcopy(message)
    _grow(call.workspace, stream, message, pieces)
    if pieces and needed:
        call.workspace.show("streamed", channel.id, message | {"added": _words(pieces)})
        messages.changed(call.workspace, channel, message, before)


def _pieces(call: Call, *, needed: bool = False) -> tuple[str, list[JSON]]:
    """The mode and the pieces that a call brings."""
    text, chunks = call.text("markdown_text"), call.json("chunks", "invalid_chunks")
    if text and chunks:
        raise SlackError("cannot_provide_both_markdown_text_and_chunks")
    if needed and not text and not chunks:
        raise SlackError("markdown_text_or_chunks_required")
    pieces = [{"type": "markdown_text", "text": text}] if text else _good(chunks or [])
    if len(_words(pieces)) > LONGEST_MARKDOWN:
        raise SlackError("msg_too_long")
    return ("text" if text else "chunks" if chunks else ""), pieces


def _good(chunks: Any) -> list[JSON]:
    if not isinstance(chunks, list):
        raise SlackError("invalid_chunks")
    for chunk in chunks:
        if not isinstance(chunk, dict) or CHUNKS.get(str(chunk.get("type")), "type of no chunk") not in chunk:
            raise SlackError("invalid_chunks")
    return chunks


def _words(pieces: list[JSON]) -> str:
    return "".join(piece["text"] for piece in pieces if piece["type"] == "markdown_text")


def _grow(workspace: Workspace, stream: Stream, message: JSON, pieces: list[JSON]) -> None:
    if len(message["text"]) + len(_words(pieces)) > LONGEST:
        raise SlackError("msg_too_long")
    message["text"] += _words(pieces)
    for piece in pieces:
        if piece["type"] == "task_update":
            task = stream.tasks.setdefault(piece["id"], {})
            details = task.get("details", "") + piece.get("details", "")
            task |= piece | ({"details": details} if details else {})
        elif piece["type"] == "plan_update":
            message["plan_title"] = piece["title"]
        elif piece["type"] == "blocks":
            stream.blocks += checked(piece["blocks"])
    if stream.tasks:
        message["tasks"] = copy.deepcopy(list(stream.tasks.values()))


def _say(workspace: Workspace, channel: Channel, message: JSON, state: str) -> None:
    """Let a stream's message end in this state."""
    before = copy.deepcopy(message)
    message["streaming_state"] = state
    workspace.show("updated" if state == "errored" else "finished", channel.id, message)
    messages.changed(workspace, channel, message, before)
