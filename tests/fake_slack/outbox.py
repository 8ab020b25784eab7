"""Events on their way to the app: which of them it subscribed to and may see, and the envelope around each."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.wire import JSON

if TYPE_CHECKING:
    from tests.fake_slack.workspace import Workspace

SUBSCRIBED = frozenset(
    [
        "app_home_opened",
        "app_mention",
        "app_context_changed",
        "agent_session_stopped",
        "agent_session_title_changed",
        "assistant_thread_started",
        "assistant_thread_context_changed",
        "message.im",
        "message.channels",
        "message.groups",
        "message.mpim",
        "reaction_added",
        "reaction_removed",
        "member_joined_channel",
        "member_left_channel",
        "channel_archive",
        "channel_unarchive",
        "channel_created",
        "channel_deleted",
        "channel_rename",
        "channel_shared",
        "channel_unshared",
        "channel_id_changed",
        "channel_history_changed",
        "channel_left",
        "group_archive",
        "group_unarchive",
        "group_deleted",
        "group_rename",
        "group_left",
        "group_history_changed",
        "file_shared",
        "file_change",
        "file_deleted",
        "subteam_created",
        "subteam_updated",
        "subteam_members_changed",
        "user_change",
        "team_join",
        "tokens_revoked",
        "app_uninstalled",
    ]
)


class Outbox:
    """Everything that happened and that the app is told of. `sent` keeps it all, also where nobody listens."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self.subscribed = set(SUBSCRIBED)
        self.sent: list[JSON] = []
        self.sink: Callable[[JSON], None] = lambda envelope: None

    def put(self, event: JSON, channel: Channel | None = None) -> None:
        """Tell the app, where it subscribed to this and may see the channel."""
        if self._name(event, channel) in self.subscribed and self._may_see(event, channel):
            envelope = self.envelope(event, channel)
            self.sent.append(envelope)
            self.sink(envelope)

    def envelope(self, event: JSON, channel: Channel | None = None) -> JSON:
        """The object around an event."""
        workspace = self._workspace
        here = {"enterprise_id": None, "team_id": workspace.team.id}
        bot = {"user_id": workspace.bot.user, "is_bot": True, "is_enterprise_install": False}
        return {
            "token": "verification-token",
            "team_id": workspace.team.id,
            "enterprise_id": None,
            "context_team_id": workspace.team.id,
            "context_enterprise_id": None,
            "api_app_id": workspace.bot.app,
            "event": event,
            "type": "event_callback",
            "event_id": workspace.fresh("Ev"),
            "event_time": int(workspace.clock.now()),
            "authorizations": [here | bot],
            "is_ext_shared_channel": bool(channel and channel.shared_with),
            "event_context": "4-context",
        }

    def _name(self, event: JSON, channel: Channel | None) -> str:
        if event["type"] != "message" or channel is None:
            return str(event["type"])
        return f"message.{channel.sort.scope}"

    def _may_see(self, event: JSON, channel: Channel | None) -> bool:
        if channel is None or self._workspace.bot.user in channel.members:
            return True
        return channel.sort is Sort.PUBLIC and event["type"] not in ("message", "app_mention")
