"""The copy of a live Slack workspace in this home: what `ingest slack` reads, and how events reach it between runs."""

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import slack_inbox, slack_rooms
from app.erasure import erase
from app.slack_choices import opted_out
from app.slack_client import Consumer
from ingest.choices import Choices, path_of
from ingest.folder import Read
from ingest.jail import Jail
from ingest.patterns import Patterns
from ingest.pipeline import Pipeline
from ingest.report import NoProgress
from ingest.slack_changes import changes_in
from ingest.slack_client import SlackClient
from ingest.slack_directory import bot_of
from ingest.slack_state import SlackState
from ingest.slack_sync import close, purge, sync
from ingest.slack_workspace import SlackWorkspace, Wanted
from ingest.source import Item, Source
from retrieval.access import EVERYONE
from retrieval.errors import FrontdeskError, LedgerBusy, Unusable
from retrieval.ledger import runs
from retrieval.ledger.runs import SourceEntry

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.bootstrap import Home

LIVE = Path("slack")  # what is ingested by this name, instead of a path
DAILY = 24 * 60  # minutes
_CONSUMER: Consumer = "syncing"
_AT_ONCE = 100
_ALL = 10_000
_PATIENCE = 60.0  # seconds until Slack is asked again after it refused


def place_of(home: "Home", path: Path, known: Iterable[SourceEntry]) -> Path:
    """`LIVE`, or where a path or the name of a known source leads. With a token, `slack` is no folder."""
    known = list(known)
    named = next((source for source in known if source.name == str(path)), None)
    is_live = named is not None and named.kind == SlackWorkspace.kind
    is_meant = path == LIVE and (bool(_token(home)) or not path.exists())
    return LIVE if is_live or is_meant else path_of(path, known)


def live_source(home: "Home", choices: Choices, read: Read) -> SlackWorkspace:
    """The workspace of the bot token in the settings.

    Raises:
        Unusable: there is no token, or Slack refuses it.
    """
    if not _token(home):
        raise Unusable(
            "`frontdesk ingest slack` reads a live workspace, which takes its app's bot token: set "
            "FRONTDESK_SLACK_BOT_TOKEN. For an export, name its ZIP file"
        )
    client = _client(home)
    wanted = _wanted(home, bot_of(client).team, choices)
    return SlackWorkspace(client, home.engine, wanted, read)


def compare_daily(engine: "Engine", location: str, before: SourceEntry | None) -> None:
    """Once a workspace was read live, the server looks through all of it each day: events can get lost.

    Whoever chooses another time, or none, is not overruled.
    """
    name = runs.source_names(engine).get(location)
    is_first = before is None or before.kind != SlackWorkspace.kind or not before.path
    if name is not None and is_first:
        runs.schedule(engine, name, DAILY)


def check(engine: "Engine", source: Source, before: SourceEntry | None) -> None:
    """Refuse an export of a workspace that is read live: it would bring back what was deleted or closed since.

    Raises:
        Unusable: at least one of its channels is whole here.
    """
    is_export = before is not None and before.kind == SlackWorkspace.kind and source.kind != before.kind
    team = source.location.removeprefix("slack:")
    if is_export and any(channel.is_whole for channel in SlackState(engine, team).channels().values()):
        raise Unusable(
            f"The workspace of this export is read live as {source.name}: the export would bring back what was deleted "
            "since. Run `frontdesk ingest slack` instead"
        )


class SlackCopy:
    """Follows the events of one home's workspace; one thread at a time."""

    def __init__(self, home: "Home") -> None:
        self._home = home
        self._jail = Jail()
        self._opened: tuple[Wanted, SlackWorkspace] | None = None
        self._closed = 0
        self._left_out: frozenset[str] = frozenset()
        self._not_before = 0.0

    def follow(self) -> bool:
        """Apply what has arrived; True when a run has to read more.

        Closing does not wait for a run that goes on; what takes the writer lock does, and is done afterwards.

        Raises:
            FrontdeskError: Slack does not answer, or refuses; the events wait.
        """
        source = self._source()
        if source is None:
            self._pass_all()
            return False
        if not _token(self._home) or time.monotonic() < self._not_before:
            return False
        team = source.location.removeprefix("slack:")
        waiting = slack_inbox.waiting(self._home.engine, _CONSUMER, _ALL)
        bodies = {event.seq: event.body for event in waiting if event.body.get("team_id") in (None, team)}
        try:
            if changes_in(bodies.values(), "").is_over:
                self._purge(team)
                part, wants_run = waiting, False
            else:
                self._close(source, team, bodies)
                part = waiting[:_AT_ONCE]
                now = [bodies[event.seq] for event in part if event.seq in bodies]
                wants_run = self._apply(source, team, now)
        except LedgerBusy:
            return False  # a run goes on
        except FrontdeskError:
            self._not_before = time.monotonic() + _PATIENCE
            raise
        if part:
            slack_inbox.advance(self._home.engine, _CONSUMER, part[-1].seq)
        return wants_run

    def _pass_all(self) -> None:
        """Nothing is copied, so nobody waits for these events; a first load reads what they tell."""
        waiting = slack_inbox.waiting(self._home.engine, _CONSUMER, _ALL)
        if waiting:
            slack_inbox.advance(self._home.engine, _CONSUMER, waiting[-1].seq)

    def _close(self, source: SourceEntry, team: str, bodies: Mapping[int, Mapping[str, Any]]) -> None:
        new = [body for seq, body in bodies.items() if seq > self._closed]
        if new:
            close(self._workspace(source, team), changes_in(new, ""))
            self._closed = max(bodies)

    def _apply(self, source: SourceEntry, team: str, bodies: Sequence[Mapping[str, Any]]) -> bool:
        home, workspace = self._home, self._workspace(source, team)
        out = opted_out(home.engine, team)
        left = workspace.state.threads_of(out) if out != self._left_out else []
        if not (bodies or left):
            self._left_out = out
            return False

        def update(items: Sequence[Item]) -> None:
            pipeline = Pipeline(home.engine, home.embedder, NoProgress(), home.settings.sensitive)
            pipeline.update(source.name, items)

        try:
            with home.alone():
                changes = changes_in(bodies, workspace.bot.user)
                changes.threads |= dict.fromkeys(left)
                done = sync(workspace, changes, update)
        finally:
            self._jail.close()
        self._left_out = out
        for channel, ts in changes.deleted:
            slack_inbox.forget(home.engine, team, channel, ts)
        if done.took_back or left:
            erase(home.engine, ())
        return done.wants_run

    def _purge(self, team: str) -> None:
        with self._home.alone():
            purge(self._home.engine, SlackState(self._home.engine, team))
            slack_rooms.forget(self._home.engine, team)
        erase(self._home.engine, ())
        self._opened = None

    def _source(self) -> SourceEntry | None:
        """The workspace, once it was ingested; what happened before, its first run reads."""
        kind = SlackWorkspace.kind
        return next((one for one in runs.listed_sources(self._home.engine) if one.kind == kind), None)

    def _workspace(self, source: SourceEntry, team: str) -> SlackWorkspace:
        choices = Choices().completed(source)
        wanted = _wanted(self._home, team, choices)
        if self._opened is None or self._opened[0] != wanted:
            client = _client(self._home)
            self._opened = wanted, SlackWorkspace(client, self._home.engine, wanted, self._jail.read)
        return self._opened[1]


def _wanted(home: "Home", team: str, choices: Choices) -> Wanted:
    channels = Patterns(choices.include, choices.exclude)
    out = opted_out(home.engine, team)
    return Wanted(team, choices.audience or EVERYONE, channels, home.settings.slack_days, out)


def _client(home: "Home") -> SlackClient:
    return SlackClient(_token(home), home.settings.slack_api)


def _token(home: "Home") -> str:
    return home.settings.slack_bot_token.get_secret_value()
