"""Methods about what an agent shows beside its messages: status, title, suggested prompts."""

from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.method import Call, method
from tests.fake_slack.wire import JSON, SlackError, bad_arguments
from tests.fake_slack.workspace import Session, Workspace

STATES = ("active", "processing", "suspended", "closed")
PROCESSING, STATUS_LINE = 3600.0, 120.0


def session(workspace: Workspace, channel: str, thread: str) -> Session:
    """The session of a thread, as it is by now."""
    found = workspace.sessions.setdefault((channel, thread), Session())
    now = workspace.clock.now()
    if found.state == "processing" and now >= found.state_until:
        found.state = "active"
    if now >= found.line_until:
        found.line = ""
    return found


def start_session(workspace: Workspace, channel: Channel, thread: str) -> None:
    """A stream begins: the thread is being worked on, and a status line gives way to the message."""
    found = session(workspace, channel.id, thread)
    found.state, found.state_until, found.line = "processing", workspace.clock.now() + PROCESSING, ""


def settle(workspace: Workspace, channel: Channel, thread: str, state: str) -> None:
    """A stream ended."""
    if state not in STATES:
        raise SlackError("invalid_status")
    session(workspace, channel.id, thread).state = state


@method("assistant.threads.setStatus", "assistant:write")
def set_status(call: Call) -> JSON:
    found = session(call.workspace, call.channel("channel_id").id, _thread(call))
    found.line, found.line_until = call.text("status"), call.workspace.clock.now() + STATUS_LINE
    call.workspace.show("status", call.needed("channel_id"), {"text": found.line, "thread_ts": call.text("thread_ts")})
    return {}


@method("assistant.threads.setTitle", "assistant:write")
def set_title(call: Call) -> JSON:
    session(call.workspace, call.channel("channel_id").id, _thread(call)).title = call.needed("title")
    return {}


@method("assistant.threads.setSuggestedPrompts", "assistant:write", tier=4)
def set_prompts(call: Call) -> JSON:
    channel = call.channel("channel_id")
    if channel.sort is not Sort.DIRECT:
        raise SlackError("method_not_supported_for_channel_type")
    if call.text("thread_ts"):
        _thread(call)
    prompts = call.json("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise bad_arguments("must have 1 to 4 items [json-pointer:/prompts]")
    if any(not prompt.get("title") or not prompt.get("message") for prompt in prompts):
        raise bad_arguments("missing required field: message [json-pointer:/prompts]")
    call.workspace.prompts[channel.id] = prompts
    return {}


@method("agents.sessions.setStatus", "chat:write")
def set_session_status(call: Call) -> JSON:
    channel = call.channel("channel_id")
    if not call.text("thread_ts"):
        raise SlackError("thread_ts_required")
    state = call.needed("status")
    if state not in STATES:
        raise SlackError("invalid_status")
    found = session(call.workspace, channel.id, _thread(call))
    found.state, found.state_until = state, call.workspace.clock.now() + PROCESSING
    found.title = found.title or call.text("title")
    answer = {"agent_status": state, "status": state, "title": found.title}
    if "agent_session_stopped" not in call.workspace.outbox.subscribed:
        answer["warning"] = "missing_agent_session_stopped_event_subscription"
    return answer


@method("agents.sessions.rename", "chat:write")
def rename_session(call: Call) -> JSON:
    channel, title = call.channel("channel_id"), call.needed("title")
    if len(title) > 200:
        raise bad_arguments("must be less than 201 characters [json-pointer:/title]")
    found = session(call.workspace, channel.id, _thread(call))
    found.title = title
    return {"agent_status": found.state, "status": found.state, "title": title}


def _thread(call: Call) -> str:
    """The root of the thread that is named."""
    ts = call.text("thread_ts")
    if not ts:
        raise SlackError("missing_thread_ts")
    message = call.workspace.channel(call.needed("channel_id")).messages.get(ts)
    if message is None:
        raise SlackError("invalid_thread_ts")
    return str(message.get("thread_ts", ts))
