"""What an administrator does, or what happens to the app: who may come and go, what is shut, taken back, renamed."""

from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.user import Rank, User
from tests.fake_slack.wire import JSON
from tests.fake_slack.workspace import Workspace


class Admin:
    """Changes to the workspace, with the events that each makes."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def invite(self, channel: str, user: str, inviter: str = "") -> None:
        """Put somebody into a channel."""
        self._workspace.join(self._workspace.channel(channel), user, inviter)

    def remove(self, channel: str, user: str) -> None:
        """Take somebody out of a channel."""
        self._workspace.leave(self._workspace.channel(channel), user)

    def invite_bot(self, channel: str) -> None:
        """Put our bot into a channel."""
        self.invite(channel, self._workspace.bot.user)

    def kick_bot(self, channel: str) -> None:
        """Take our bot out of a channel."""
        self.remove(channel, self._workspace.bot.user)

    def archive(self, channel: str) -> None:
        """Shut a channel; it can still be read."""
        place = self._workspace.channel(channel)
        place.archived = True
        self._tell(place, "archive", {"user": "U0", "is_moved": 0})

    def unarchive(self, channel: str) -> None:
        """Open it again."""
        place = self._workspace.channel(channel)
        place.archived = False
        self._tell(place, "unarchive", {"user": "U0"})

    def delete_channel(self, channel: str) -> None:
        """Delete a channel with all that was said."""
        place = self._workspace.channel(channel)
        self._tell(place, "deleted", {"actor_id": "U0"})
        place.deleted = True

    def rename(self, channel: str, name: str) -> None:
        """Give a channel another name."""
        place = self._workspace.channel(channel)
        place.name = name
        kind = "channel" if place.sort is Sort.PUBLIC else "group"
        card = {"id": place.id, "name": name, "created": place.created}
        self._put(place, {"type": f"{kind}_rename", "channel": card})

    def convert_private(self, channel: str) -> None:
        """Make a public channel private; Slack says so by a message with a subtype."""
        self._convert(self._workspace.channel(channel), Sort.PRIVATE, "channel_convert_to_private")

    def convert_public(self, channel: str) -> None:
        """Make a private channel public."""
        self._convert(self._workspace.channel(channel), Sort.PUBLIC, "channel_convert_to_public")

    def share(self, channel: str, team: str) -> None:
        """Connect a channel with another workspace."""
        place = self._workspace.channel(channel)
        place.shared_with.append(team)
        self._put(place, {"type": "channel_shared", "connected_team_id": team, "channel": place.id})

    def history_changed(self, channel: str) -> None:
        """Say that much of a channel's history is not what it was."""
        place = self._workspace.channel(channel)
        kind = "channel" if place.sort is Sort.PUBLIC else place.sort.value
        latest = max(place.messages, default="0", key=float)
        self._put(place, {"type": f"{kind}_history_changed", "channel": place.id, "latest": latest})

    def forget(self, channel: str, ts: str) -> None:
        """Let a message vanish as a retention rule does: no event comes."""
        del self._workspace.channel(channel).messages[ts]

    def deactivate_user(self, user: str) -> None:
        """Somebody left the company."""
        found = self._workspace.users[user]
        found.deleted = True
        for channel in self._workspace.channels.values():
            if user in channel.members and channel.sort is not Sort.DIRECT:
                channel.members.remove(user)
        self._user_changed(found)

    def change_user(self, user: str, **fields: object) -> None:
        """Change fields of a user, such as `email` or `rank`."""
        found = self._workspace.users[user]
        for name, value in fields.items():
            if not hasattr(found, name):
                raise AttributeError(f"A user has no {name!r}.")
            setattr(found, name, value)
        self._user_changed(found)

    def join_team(self, id: str, name: str, email: str = "", rank: Rank = Rank.MEMBER) -> User:  # noqa: A002
        """Somebody new arrives."""
        user = self._workspace.add_user(id, name, email, rank)
        self._workspace.outbox.put({"type": "team_join", "user": user.json(), "event_ts": self._workspace.next_ts()})
        return user

    def set_group(self, group: str, users: list[str]) -> None:
        """Change who is in a group of users."""
        old = self._workspace.usergroups[group].users
        event: JSON = {"type": "subteam_members_changed", "subteam_id": group, "team_id": self._workspace.team.id}
        event |= {"added_users": [user for user in users if user not in old]}
        event |= {"removed_users": [user for user in old if user not in users]}
        self._workspace.add_usergroup(group, self._workspace.usergroups[group].handle, users)
        self._workspace.outbox.put(event | {"date_update": int(self._workspace.clock.now())})

    def remove_scope(self, *scopes: str) -> None:
        """Take scopes from the bot's token."""
        self._workspace.tokens.bot.scopes -= set(scopes)

    def expire_token(self) -> None:
        """Let the bot's token be good no more from now on."""
        self._workspace.tokens.bot.expires_at = self._workspace.clock.now()

    def revoke_token(self) -> None:
        """Take the bot's token back."""
        self._workspace.tokens.bot.revoked = True
        tokens = {"oauth": [], "bot": [self._workspace.bot.user]}
        self._workspace.outbox.put({"type": "tokens_revoked", "tokens": tokens})

    def uninstall(self) -> None:
        """Remove the app from the workspace."""
        self._workspace.outbox.put({"type": "app_uninstalled"})
        self.revoke_token()

    def _convert(self, channel: Channel, sort: Sort, subtype: str) -> None:
        channel.sort = sort
        ts = self._workspace.next_ts()
        message = {"type": "message", "subtype": subtype, "user": "U0", "text": "", "ts": ts}
        channel.messages[ts] = message
        event = message | {"channel": channel.id, "channel_type": sort.value, "event_ts": ts}
        self._workspace.outbox.put(event, channel)

    def _user_changed(self, user: User) -> None:
        user.updated = int(self._workspace.clock.now())
        event = {"type": "user_change", "user": user.json(), "cache_ts": user.updated}
        self._workspace.outbox.put(event | {"event_ts": self._workspace.next_ts()})

    def _tell(self, channel: Channel, what: str, fields: JSON) -> None:
        kind = "channel" if channel.sort is Sort.PUBLIC else "group"
        self._put(channel, {"type": f"{kind}_{what}", "channel": channel.id} | fields)

    def _put(self, channel: Channel, event: JSON) -> None:
        self._workspace.outbox.put(event | {"event_ts": self._workspace.next_ts()}, channel)
