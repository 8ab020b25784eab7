"""The live Slack workspace as a source: the threads of the channels that the app is in, as an export's are.

Slack is asked through the client that is given. What was read is noted in the ledger as soon as it is stored there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine

from ingest.patterns import EVERYTHING, Patterns
from ingest.slack_channels import Channel
from ingest.slack_client import SlackClient
from ingest.slack_directory import Bot, Directory, bot_of, directory_of
from ingest.slack_files import Read, canvas_item
from ingest.slack_membership import GRACE, Membership, Rooms
from ingest.slack_messages import timestamp
from ingest.slack_pass import Pass
from ingest.slack_state import SlackState
from ingest.slack_thread_reader import ThreadReader
from ingest.source import Item, Listed, Mark
from retrieval.access import EVERYONE, Audience
from retrieval.errors import SlackRefused, Unusable
from retrieval.ledger import runs


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is kept of which workspace: who reads open channels, which channels, how many days (0: all), by whom."""

    team: str
    audience: str = EVERYONE
    channels: Patterns = EVERYTHING
    days: int = 0
    opted_out: frozenset[str] = frozenset()


def _now() -> datetime:
    return datetime.now(UTC)


def _nothing() -> None:
    pass


class SlackWorkspace:
    """One workspace, as the app sees it now."""

    kind = "slack-workspace"

    def __init__(
        self, client: SlackClient, engine: Engine, wanted: Wanted, read: Read, now: Callable[[], datetime] = _now
    ) -> None:
        self.state = SlackState(engine, wanted.team)
        self.membership = Membership(engine, client, self.state, wanted.audience, wanted.channels)
        self.engine = engine
        self.now = now
        self._client = client
        self._wanted = wanted
        self._read = read
        self._bot: Bot | None = None
        self._directory: Directory | None = None
        self._rooms = Rooms((), (), ())
        self._passes: dict[str, Pass] = {}
        self._refused: dict[str, str] = {}
        self._with_canvases: set[str] = set()
        self._unread_canvases = 0

    @property
    def location(self) -> str:
        """The workspace; an export of the same one is the same source."""
        return self.state.location

    @property
    def name(self) -> str:
        """`slack-` and the workspace's id."""
        return f"slack-{self._wanted.team}"

    @property
    def bot(self) -> Bot:
        """Our app there."""
        if self._bot is None:
            self._bot = bot_of(self._client)
        return self._bot

    @property
    def directory(self) -> Directory:
        """Everybody, asked for when first needed."""
        if self._directory is None:
            self._directory = directory_of(self._client, self._wanted.team)
        return self._directory

    def items(self) -> Iterator[Listed]:
        """The threads of each channel, those channels first that were never read to the end.

        Raises:
            Unusable: the app is in no channel.
        """
        self._directory = None
        self._passes, self._refused, self._with_canvases = {}, {}, set()
        self._unread_canvases = 0
        self._rooms = self.membership.refreshed(self.directory, self.now())
        if not (self._rooms.open or self._rooms.paused or self._rooms.gone):
            raise Unusable("The Slack app is in no channel yet. Invite it where it should read: /invite @NAME")
        yield Mark(_nothing)  # a list without an entry would be taken for a folder that is not mounted
        known = self.state.channels()
        failed = self._failed()
        for channel in sorted(self._rooms.open, key=lambda one: (known[one.id].is_whole, one.id)):
            passing = Pass(
                self.threads,
                channel,
                self.membership.audience(channel),
                known[channel.id],
                self.now(),
                self.floor,
                frozenset(path.split("/")[1] for path in failed if path.startswith(f"{channel.id}/")),
            )
            self._passes[channel.id] = passing
            try:
                yield from self._canvases(channel, passing.audience)
                yield from passing.items()
            except SlackRefused as exc:  # the app was removed, or the channel was deleted, just now
                self._refused[channel.name] = exc.error
        for gone in self._rooms.gone:
            yield Mark(partial(self.state.forget_channel, gone))

    def covers(self, path: str) -> bool:
        """What was gone through in this run; of other channels nothing is said."""
        channel, _, rest = path.partition("/")
        root, _, file = rest.partition("/")
        if channel in self._rooms.gone:
            return True
        if not root[:1].isdigit():
            return channel in self._with_canvases
        return channel in self._passes and self._passes[channel].covers(root, of_file=bool(file))

    def members(self) -> Mapping[str, Iterable[str]]:
        """Who may read the closed channels: their members now."""
        return self.membership.members(self.directory)

    def remarks(self) -> Iterable[str]:
        """What differed, what is not read any more and what could not be read."""
        compared = [one.differences for one in self._passes.values() if one.compares]
        if compared:
            missing, extra, changed = (
                sum(getattr(one, kind) for one in compared) for kind in ("missing", "extra", "changed")
            )
            yield (
                f"{len(compared)} channels compared with Slack: {missing} threads were missing, {extra} too many, "
                f"{changed} not up to date; all are mended"
            )
        for paused in self._rooms.paused:
            assert paused.left_at is not None
            yield (
                f"The app is in #{paused.name} no more: what is here stays until {paused.left_at + GRACE:%Y-%m-%d}. "
                "Invite it again to keep it"
            )
        for name, error in self._refused.items():
            yield f"#{name} could not be read ({error})"
        if self._unread_canvases:
            yield f"{self._unread_canvases} canvases were not read: the app lacks the scope canvases:read"
        if self._client.restricted:
            yield (
                "Slack gives this app 15 messages a minute, because it is no app of your own: a run reads the newest "
                "ones of each channel. For older ones ingest an export, or make the app in your own workspace"
            )

    @property
    def threads(self) -> ThreadReader:
        """Reads single threads."""
        writers = self.bot.ids | self._wanted.opted_out
        return ThreadReader(self._client, self.state, self.directory, writers, self._read)

    @property
    def floor(self) -> str:
        """The time before which nothing is kept; empty where everything is."""
        if not self._wanted.days:
            return ""
        oldest = self.now() - timedelta(days=self._wanted.days)
        return timestamp(int(oldest.timestamp()) * 10**6)

    def _canvases(self, channel: Channel, audience: Audience) -> Iterator[Item]:
        """The channel's canvas, where the app may read canvases; that right is not asked of everybody."""
        try:
            found = [canvas_item(self._client, self._read, channel.id, audience, one) for one in channel.canvases]
        except SlackRefused as exc:
            found = []
            if exc.error != "canvas_not_found":
                return
        except Unusable:
            self._unread_canvases += 1
            return
        self._with_canvases.add(channel.id)
        yield from found

    def _failed(self) -> list[str]:
        source = self.state.source
        failures = runs.known_failures(self.engine, source) if source else []
        return [failure.uri.removeprefix(f"{source}/") for failure in failures]
