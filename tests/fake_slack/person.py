"""What a person does in Slack: writes, edits, reacts, clicks, opens the home tab, fills in a form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fake_slack import files, messages
from tests.fake_slack.blocks import elements
from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.chat import whisper
from tests.fake_slack.hooks import Hooks
from tests.fake_slack.parcel import Parcel
from tests.fake_slack.user import User
from tests.fake_slack.views import new_trigger
from tests.fake_slack.wire import JSON
from tests.fake_slack.workspace import Workspace

Send = Callable[[str, JSON], Parcel]


@dataclass(frozen=True)
class Person:
    """Somebody at their Slack. Every method comes back at once; the app hears of it by events."""

    workspace: Workspace
    user: User
    hooks: Hooks
    send: Send

    @property
    def direct(self) -> Channel:
        """Their direct channel with the bot."""
        return self.workspace.direct(self.user.id)

    def post(self, channel: str, text: str, thread_ts: str | None = None, **fields: Any) -> str:
        """Write a message; gives its ts. `broadcast=True` shows a reply in the channel, too."""
        broadcast = bool(fields.pop("broadcast", False))
        given = {"text": text} | fields | ({"thread_ts": thread_ts} if thread_ts else {})
        place = self.workspace.channel(channel, self.user.id)
        return str(messages.post(self.workspace, place, self.user, given, broadcast=broadcast)["ts"])

    def ask(self, channel: str, question: str, thread_ts: str | None = None) -> str:
        """Mention the bot with a question."""
        return self.post(channel, f"<@{self.workspace.bot.user}> {question}", thread_ts)

    def dm(self, text: str, thread_ts: str | None = None, **fields: Any) -> str:
        """Write to the bot directly."""
        return self.post(self.direct.id, text, thread_ts, **fields)

    def upload(self, channel: str, name: str, content: bytes, text: str = "", thread_ts: str | None = None) -> str:
        """Share a file; gives its id."""
        file = files.new(self.workspace, self.user.id, name, content)
        fields = {"text": text} | ({"thread_ts": thread_ts} if thread_ts else {})
        files.share(self.workspace, self.user, self.workspace.channel(channel, self.user.id), [file], fields)
        return file.id

    def delete_file(self, file: str) -> None:
        """Delete a file everywhere."""
        files.delete(self.workspace, self.workspace.files[file])

    def unfurl(self, channel: str, ts: str, text: str) -> None:
        """Let Slack put the preview of a link below one of their messages."""
        place = self.workspace.channel(channel, self.user.id)
        preview = {"from_url": "https://example.test/", "original_url": "https://example.test/", "text": text, "id": 1}
        messages.edit(self.workspace, place, ts, {"attachments": [preview]}, by="")

    def edit(self, channel: str, ts: str, text: str) -> None:
        """Change one of their messages."""
        place = self.workspace.channel(channel, self.user.id)
        messages.edit(self.workspace, place, ts, {"text": text}, by=self.user.id)

    def delete(self, channel: str, ts: str) -> None:
        """Delete a message."""
        messages.delete(self.workspace, self.workspace.channel(channel, self.user.id), ts)

    def react(self, channel: str, ts: str, name: str = "+1") -> None:
        """Put a reaction on a message."""
        place = self.workspace.channel(channel, self.user.id)
        messages.react(self.workspace, place, ts, name, self.user.id, add=True)

    def unreact(self, channel: str, ts: str, name: str = "+1") -> None:
        """Take it away again."""
        place = self.workspace.channel(channel, self.user.id)
        messages.react(self.workspace, place, ts, name, self.user.id, add=False)

    def open_home(self, tab: str = "home", context: JSON | None = None) -> None:
        """Open the app: its home tab, or its messages tab."""
        channel = self.direct
        event: JSON = {"type": "app_home_opened", "user": self.user.id, "channel": channel.id, "tab": tab}
        event |= {"event_ts": self.workspace.next_ts()} | ({"context": context} if context is not None else {})
        home = self.workspace.homes.get(self.user.id)
        view = {"view": self.workspace.views[home]} if home and tab == "home" else {}
        self.workspace.outbox.put(event | view, channel)

    def open_assistant(self, context: JSON | None = None) -> str:
        """Open the pane of the older assistant view; gives the ts of the thread that it begins."""
        fields = {"text": "New Assistant Thread", "subtype": "assistant_app_thread"}
        root = messages.post(self.workspace, self.direct, self.workspace.users[self.workspace.bot.user], fields)
        thread = {
            "user_id": self.user.id,
            "context": context or {},
            "channel_id": self.direct.id,
            "thread_ts": root["ts"],
        }
        event = {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": root["ts"]}
        self.workspace.outbox.put(event, self.direct)
        return str(root["ts"])

    def look_at(self, channel: str) -> None:
        """Have a channel open beside the bot's messages."""
        entity = {"type": "slack#/types/channel_id", "value": channel, "team_id": self.workspace.team.id}
        event = {"type": "app_context_changed", "channel": self.direct.id, "user": self.user.id}
        context = {"context": {"entities": [entity]}, "event_ts": self.workspace.next_ts()}
        self.workspace.outbox.put(event | context, self.direct)

    def stop(self, channel: str, ts: str) -> None:
        """Press the stop button of an answer that is being written."""
        place = self.workspace.channel(channel, self.user.id)
        message = messages.find(place, ts)
        self.workspace.streams[channel, ts].stopped_by_user = True
        event = {"type": "agent_session_stopped", "channel": channel, "thread_ts": message.get("thread_ts", ts)}
        more = {"streaming_message_ts": [ts], "user": self.user.id, "event_ts": self.workspace.next_ts()}
        self.workspace.outbox.put(event | more, place)

    def slash(self, channel: str, command: str, text: str = "") -> Parcel:
        """Type a command."""
        place = self.workspace.channel(channel, self.user.id)
        team = self.workspace.team
        payload = {
            "token": "verification-token",
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel,
            "channel_name": _named(place),
            "user_id": self.user.id,
            "user_name": self.user.name,
            "command": command,
            "text": text,
            "api_app_id": self.workspace.bot.app,
            "is_enterprise_install": "false",
            "response_url": self.hooks.new("commands", place, self.user.id),
            "trigger_id": new_trigger(self.workspace, self.user.id),
        }
        parcel = self.send("slash_commands", payload)
        parcel.on_response.append(lambda answer: self._hear(place, answer))
        return parcel

    def shortcut(self, channel: str, ts: str, callback_id: str) -> Parcel:
        """Choose a shortcut from the menu of a message."""
        place = self.workspace.channel(channel, self.user.id)
        message = {"message": messages.find(place, ts), "message_ts": ts, "callback_id": callback_id}
        address = {"response_url": self.hooks.new("actions", place, self.user.id, ts)}
        fields = {"action_ts": self.workspace.next_ts(), "channel": {"id": channel, "name": _named(place)}}
        return self.send("interactive", self._interaction("message_action") | fields | message | address)

    def click(self, channel: str, ts: str, action_id: str, value: str | None = None) -> Parcel:
        """Use a button, a menu or a feedback button of a message; `value` picks one of several choices."""
        place = self.workspace.channel(channel, self.user.id)
        message = self._shown(place, ts)
        ephemeral = bool(message.get("is_ephemeral"))
        container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral}
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        fields = {"container": container, "channel": {"id": channel, "name": _named(place)}, "state": {"values": {}}}
        fields |= {} if ephemeral else {"message": message}
        address = {"response_url": self.hooks.new("actions", place, self.user.id, ts)}
        action = self._action(message.get("blocks", []), action_id, value)
        return self.send("interactive", self._interaction("block_actions") | fields | address | {"actions": [action]})

    def click_view(self, view_id: str, action_id: str, value: str | None = None) -> Parcel:
        """Use a button of App Home or of a modal."""
        view = self.workspace.views[view_id]
        fields = {"container": {"type": "view", "view_id": view_id}, "view": view}
        action = self._action(view["blocks"], action_id, value)
        return self.send("interactive", self._interaction("block_actions") | fields | {"actions": [action]})

    def submit(self, view_id: str, **values: str) -> Parcel:
        """Fill in a modal, by action id, and send it."""
        view = self.workspace.views[view_id]
        state: JSON = {}
        for block, element in elements(view["blocks"]):
            given = _filled(element, values.get(element["action_id"]))
            state.setdefault(block["block_id"], {})[element["action_id"]] = given
        fields = {"view": view | {"state": {"values": state}}, "response_urls": []}
        return self.send("interactive", self._interaction("view_submission") | fields)

    def close(self, view_id: str) -> Parcel | None:
        """Close a modal without sending it; the app hears of it only where it asked to."""
        view = self.workspace.views.pop(view_id)
        if not view.get("notify_on_close"):
            return None
        return self.send("interactive", self._interaction("view_closed") | {"view": view, "is_cleared": False})

    def _interaction(self, kind: str) -> JSON:
        team = self.workspace.team
        me = {"id": self.user.id, "username": self.user.name, "name": self.user.name, "team_id": self.user.team}
        head = {"type": kind, "user": me, "api_app_id": self.workspace.bot.app, "token": "verification-token"}
        where = {"team": {"id": team.id, "domain": team.domain}, "enterprise": None, "is_enterprise_install": False}
        return head | where | {"trigger_id": new_trigger(self.workspace, self.user.id)}

    def _shown(self, place: Channel, ts: str) -> JSON:
        for message in self.workspace.ephemerals:
            if message["ts"] == ts and message["shown_to"] == self.user.id:
                return message
        return messages.find(place, ts)

    def _action(self, blocks: list[JSON], action_id: str, value: str | None) -> JSON:
        for block, element in elements(blocks):
            if element["action_id"] == action_id:
                head = {"type": element["type"], "action_id": action_id, "block_id": block["block_id"]}
                return head | {"action_ts": self.workspace.next_ts()} | _chosen(element, value)
        raise LookupError(f"There is no {action_id!r} to click on here.")

    def _hear(self, place: Channel, answer: JSON) -> None:
        if answer.get("text") or answer.get("blocks"):
            whisper(self.workspace, place, self.user.id, answer)


def _named(channel: Channel) -> str:
    return {Sort.DIRECT: "directmessage", Sort.PRIVATE: "privategroup"}.get(channel.sort, channel.name)


def _chosen(element: JSON, value: str | None) -> JSON:
    """What an action says of the choice; a feedback button is good or bad by the start of its value."""
    sides = [element[side] for side in ("positive_button", "negative_button") if side in element]
    for side in sides:
        if value is None or str(side["value"]).startswith(value):
            return {"value": side["value"], "text": side["text"]}
    if "options" in element:
        option = next(option for option in element["options"] if value in (None, option["value"]))
        return {"selected_option": option}
    return {"value": value or element.get("value", ""), "text": element.get("text", {})}


def _filled(element: JSON, value: str | None) -> JSON:
    if "options" not in element:
        return {"type": element["type"], "value": value}
    option = next((option for option in element["options"] if option["value"] == value), None)
    many = element["type"] in ("checkboxes", "multi_static_select")
    chosen = {"selected_options": [option] if option else []} if many else {"selected_option": option}
    return {"type": element["type"]} | chosen
