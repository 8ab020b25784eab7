"""Methods that write messages."""

import copy

from tests.fake_slack import messages
from tests.fake_slack.blocks import checked
from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.method import Call, method
from tests.fake_slack.wire import JSON, SlackError, thread_of
from tests.fake_slack.workspace import Workspace

LONGEST, LONGEST_UPDATE, LONGEST_MARKDOWN = 40_000, 4_000, 12_000


def writable(call: Call, name: str = "channel") -> Channel:
    """The channel that is named, by its id or by a user's, if this app may write there."""
    wanted = call.needed(name)
    if wanted in call.workspace.users:
        return call.workspace.direct(wanted)
    channel = call.workspace.channel(wanted.removeprefix("#"), call.token.user)
    if channel.archived:
        raise SlackError("is_archived")
    if call.token.user not in channel.members:
        raise SlackError("not_in_channel")
    if channel.sort is Sort.DIRECT and not call.workspace.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def content(call: Call, longest: int = LONGEST) -> JSON:
    """The text and blocks of a message, by Slack's rules."""
    blocks = checked(call.json("blocks", "invalid_blocks_format"))
    text, markdown = call.text("text"), call.text("markdown_text")
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > LONGEST_MARKDOWN or len(text) > longest:
        raise SlackError("msg_too_long")
    attachments = call.json("attachments") or []
    if not (text or markdown or blocks or attachments):
        raise SlackError("no_text")
    if markdown:
        blocks = [{"type": "markdown", "text": markdown}]
    fields: JSON = {"text": text or markdown}
    for key, value in (("blocks", numbered(call.workspace, blocks)), ("attachments", attachments)):
        if value:
            fields[key] = value
    if metadata := call.json("metadata", "invalid_metadata_format"):
        fields["metadata"] = metadata
    return fields


def numbered(workspace: Workspace, blocks: list[JSON]) -> list[JSON]:
    """The blocks, each with an id, as Slack keeps them."""
    return [block | {"block_id": block.get("block_id") or workspace.fresh("blk")} for block in copy.deepcopy(blocks)]


def own(call: Call, channel: Channel, refusal: str) -> JSON:
    """The message that is named, if this app wrote it."""
    message = messages.find(channel, call.needed("ts"))
    if message.get("user") != call.token.user:
        raise SlackError(refusal)
    return message


@method("chat.postMessage", "chat:write", tier=0)
def post_message(call: Call) -> JSON:
    channel = writable(call)
    fields = content(call)
    if call.text("thread_ts"):
        fields["thread_ts"] = call.text("thread_ts")
    for name in ("username", "icon_emoji"):
        if call.text(name):
            call.token.require("chat:write.customize")
            fields[name] = call.text(name)
    author = call.workspace.users[call.token.user]
    broadcast = call.flag("reply_broadcast")
    message = messages.post(call.workspace, channel, author, fields, broadcast=broadcast)
    return {"channel": channel.id, "ts": message["ts"], "message": copy.deepcopy(message)}


@method("chat.update", "chat:write")
def update(call: Call) -> JSON:
    channel = writable(call)
    message = own(call, channel, "cant_update_message")
    if message.get("streaming_state") == "in_progress":
        raise SlackError("streaming_state_conflict")
    fields = content(call, LONGEST_UPDATE)
    for key in {"blocks", "attachments"} - set(fields):
        message.pop(key, None)  # what is not sent again is gone
    bot = call.workspace.users[call.token.user].bot_id
    message = messages.edit(call.workspace, channel, message["ts"], fields, by=bot)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": copy.deepcopy(message)}


@method("chat.delete", "chat:write")
def delete(call: Call) -> JSON:
    channel = writable(call)
    message = own(call, channel, "cant_delete_message")
    messages.delete(call.workspace, channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.postEphemeral", "chat:write", tier=4)
def post_ephemeral(call: Call) -> JSON:
    channel = writable(call)
    user = call.needed("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = whisper(call.workspace, channel, user, content(call) | {"thread_ts": call.text("thread_ts")})
    return {"message_ts": message["ts"]}


def whisper(workspace: Workspace, channel: Channel, user: str, fields: JSON) -> JSON:
    """Show a message to one person only; it is in no history."""
    head = {"type": "message", "ts": workspace.next_ts(), "user": workspace.bot.user, "bot_id": workspace.bot.id}
    where = {"channel": channel.id, "shown_to": user, "is_ephemeral": True}
    message: JSON = head | where | {key: value for key, value in fields.items() if value}
    workspace.ephemerals.append(message)
    workspace.show("ephemeral", channel.id, message, user)
    return message


@method("chat.getPermalink", tier=0)
def permalink(call: Call) -> JSON:
    channel = call.channel()
    message = messages.find(channel, call.needed("message_ts"))
    address = f"{call.workspace.team.url}archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if thread_of(message) != message["ts"]:
        address += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}
