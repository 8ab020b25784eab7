"""All that Slack remembers of a workspace. Changes to messages are in messages.py, what people do in person.py."""

import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.clock import Clock, ManualClock
from tests.fake_slack.file import File
from tests.fake_slack.outbox import Outbox
from tests.fake_slack.tokens import Tokens
from tests.fake_slack.user import Rank, User
from tests.fake_slack.wire import JSON, SlackError


@dataclass(frozen=True)
class Team:
    """The workspace's own card."""

    id: str = "T1"
    name: str = "Workspace"
    domain: str = "ws"

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://{self.domain}.slack.com/"


@dataclass(frozen=True)
class Bot:
    """Our app in the workspace."""

    id: str = "BBOT"
    user: str = "UBOT"
    app: str = "A1"
    name: str = "frontdesk"


@dataclass(frozen=True)
class Usergroup:
    """A group of users with a handle."""

    id: str
    handle: str
    users: list[str]


@dataclass
class Trigger:
    """A person's click, with which the app may open one view within three seconds."""

    user: str
    expires: float
    used: bool = False


@dataclass
class Stream:
    """A message that is still being written."""

    started: float
    mode: str  # "text" or "chunks"; empty until the first piece says which
    stopped_by_user: bool = False
    tasks: dict[str, JSON] = field(default_factory=dict)
    blocks: list[JSON] = field(default_factory=list)


@dataclass
class Session:
    """What the app says of a thread: its title, whether it works there, the line that it shows meanwhile."""

    state: str = "active"
    state_until: float = 0.0
    title: str = ""
    line: str = ""
    line_until: float = 0.0


@dataclass
class Installs:
    """The codes and refresh tokens that were given out; each is good once."""

    codes: dict[str, bool] = field(default_factory=dict)  # by code: whether it was used
    refresh: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Happening:
    """Something that a person could see: posted, streamed, updated, deleted, ephemeral, status, home, modal."""

    what: str
    channel: str
    message: JSON
    user: str = ""


@dataclass
class Workspace:
    """The state. Everything starts empty but for our bot; `add_user` and `add_channel` fill it."""

    clock: Clock = field(default_factory=ManualClock)
    seed: int = 0
    team: Team = Team()
    bot: Bot = Bot()
    url: str = ""  # of the fake itself, known when it listens
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    usergroups: dict[str, Usergroup] = field(default_factory=dict)
    emoji: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    canvases: dict[str, str] = field(default_factory=dict)  # markdown by id
    lists: dict[str, list[JSON]] = field(default_factory=dict)  # items by id
    installs: Installs = field(default_factory=Installs)
    ai_search: bool = False  # whether assistant.search may be used
    ephemerals: list[JSON] = field(default_factory=list)  # with "channel" and the "user" who sees it as "shown_to"
    watchers: list[Callable[[Happening], None]] = field(default_factory=list)

    streams: dict[tuple[str, str], Stream] = field(default_factory=dict)
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)  # by channel and root of the thread
    prompts: dict[str, list[JSON]] = field(default_factory=dict)  # suggested prompts by channel
    views: dict[str, JSON] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)  # the view on each user's App Home
    triggers: dict[str, Trigger] = field(default_factory=dict)
    connection_url: Callable[[], str] = lambda: ""  # what apps.connections.open answers
    messages_tab: bool = True
    root_on_every_page: bool = True  # of conversations.replies
    restricted_history: bool = False  # the limits of an app that is sold outside Slack's marketplace

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.lock = threading.RLock()  # tests may act from another thread than the server's
        self.tokens = Tokens(self.bot.user, self.team.id)
        self.outbox = Outbox(self)
        self._fresh = 0
        self._last_ts = 0
        self.add_user(self.bot.user, self.bot.name, rank=Rank.BOT, bot_id=self.bot.id)

    def add_user(self, id: str, name: str, email: str = "", rank: Rank = Rank.MEMBER, **more: object) -> User:  # noqa: A002
        """Let somebody in; a stranger gets team T2 unless told."""
        team = "T2" if rank is Rank.STRANGER else self.team.id
        user = User(id=id, name=name, email=email, rank=rank, **({"team": team} | more))  # type: ignore[arg-type]
        self.users[id] = user
        return user

    def add_channel(self, id: str, name: str, members: Iterable[str] = (), sort: Sort = Sort.PUBLIC) -> Channel:  # noqa: A002
        """Make a channel. The bot is in it only where it is among the members."""
        people = list(members)
        created = int(self.clock.now())
        self.channels[id] = Channel(id, name, sort, people, people[0] if people else "", created)
        return self.channels[id]

    def add_usergroup(self, id: str, handle: str, users: Iterable[str]) -> Usergroup:  # noqa: A002
        """Make a group of users."""
        self.usergroups[id] = Usergroup(id, handle, list(users))
        return self.usergroups[id]

    def direct(self, *users: str) -> Channel:
        """The direct channel of these people with the bot; made where it is new."""
        people = [self.bot.user, *users]
        sort = Sort.DIRECT if len(users) == 1 else Sort.GROUP_DIRECT
        for channel in self.channels.values():
            if channel.sort is sort and set(channel.members) == set(people):
                return channel
        id = f"D{users[0]}" if sort is Sort.DIRECT else self.fresh("G")  # noqa: A001
        return self.add_channel(id, "" if sort is Sort.DIRECT else "mpdm-" + "--".join(users), people, sort)

    def channel(self, id: str, seen_by: str = "") -> Channel:  # noqa: A002
        """A channel that this user may know of."""
        channel = self.channels.get(id)
        if channel is None or channel.deleted:
            raise SlackError("channel_not_found")
        if seen_by and channel.is_private and seen_by not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def join(self, channel: Channel, user: str, inviter: str = "") -> None:
        """Put somebody into a channel."""
        channel.members.append(user)
        self._tell_of_member("member_joined_channel", channel, user, inviter)

    def leave(self, channel: Channel, user: str) -> None:
        """Take somebody out of a channel. The app hears of its own leaving, too."""
        if user == self.bot.user:
            kind = "channel_left" if channel.sort is Sort.PUBLIC else "group_left"
            self.outbox.put(
                {"type": kind, "channel": channel.id, "actor_id": "U0", "event_ts": self.next_ts()}, channel
            )
            channel.members.remove(user)
            return
        channel.members.remove(user)
        self._tell_of_member("member_left_channel", channel, user, "")

    def _tell_of_member(self, kind: str, channel: Channel, user: str, inviter: str) -> None:
        letter = "C" if channel.sort is Sort.PUBLIC else "G"
        event = {"type": kind, "user": user, "channel": channel.id, "channel_type": letter, "team": self.team.id}
        more = {"inviter": inviter} if inviter else {}
        self.outbox.put(event | more | {"event_ts": self.next_ts()}, channel)

    def next_ts(self) -> str:
        """A time stamp later than all before."""
        with self.lock:
            self._last_ts = max(self._last_ts + 100, int(self.clock.now() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def fresh(self, letters: str) -> str:
        """An id that was not there before."""
        with self.lock:
            self._fresh += 1
            return f"{letters}{self._fresh:08d}"

    def show(self, what: str, channel: str, message: JSON, user: str = "") -> None:
        """Tell whoever watches."""
        for watcher in self.watchers:
            watcher(Happening(what, channel, message, user))
