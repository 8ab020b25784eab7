"""Events applied to the copy of a workspace: closed at once, then read again, thread by thread.

Nothing is taken from an event but where to look. Applying the same events again changes nothing.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from ingest.slack_changes import Changes
from ingest.slack_channels import Channel
from ingest.slack_state import ChannelState, SlackState
from ingest.slack_workspace import SlackWorkspace
from ingest.source import Item
from retrieval.access import ADMINS, EVERYONE, Audience
from retrieval.errors import SlackRefused
from retrieval.ledger import documents, runs

_log = logging.getLogger(__name__)
Update = Callable[[Sequence[Item]], object]


@dataclass(slots=True)
class Synced:
    """What came of it. `wants_run`: a channel has to be read from its beginning, which a run does.

    `took_back`: words that conversations may rest on are gone.
    """

    wants_run: bool = False
    took_back: bool = False


def close(workspace: SlackWorkspace, changes: Changes) -> None:
    """Let nobody read what somebody may not read any more. Asks Slack for nothing, and writes no document."""
    state, membership = workspace.state, workspace.membership
    known = state.channels()
    closed = {channel for channel, one in known.items() if membership.is_closed(one)}
    for channel in (changes.turned_private & known.keys()) | ((changes.fewer_members | changes.left) & closed):
        membership.close(channel)
    for (channel, ts), root in changes.deleted.items():
        state.note_deleted(channel, ts)
        for of_thread in [root] if root else state.roots_of(channel, ts):
            state.move(f"{channel}/{of_thread}", Audience(ADMINS))


def sync(workspace: SlackWorkspace, changes: Changes, update: Update) -> Synced:
    """Bring the copy up to date with what changed; the caller has closed what had to be, and writes alone."""
    done = Synced(took_back=bool(changes.deleted or changes.edited or changes.removed))
    for channel in changes.turned_private & workspace.state.channels().keys():
        workspace.membership.close(channel)  # again: a run may have stored something since
    _look_at_people(workspace, changes)
    _look_at_rooms(workspace, changes, done)
    known = workspace.state.channels()
    for channel, root in _threads(workspace, changes):
        if channel in known and known[channel].left_at is None and root >= workspace.floor:
            try:
                _renew(workspace, known[channel], root, update)
            except SlackRefused as exc:  # the app was removed, or the channel was deleted, just now
                _log.warning("A thread cannot be read again: %s", exc)
    return done


def _look_at_people(workspace: SlackWorkspace, changes: Changes) -> None:
    for user in changes.people:
        workspace.directory.change(user)
    if changes.people:
        workspace.membership.set_members(workspace.directory)


def _look_at_rooms(workspace: SlackWorkspace, changes: Changes, done: Synced) -> None:
    state, membership = workspace.state, workspace.membership
    known = state.channels()
    for channel in changes.removed & known.keys():
        _forget(state, channel)
    for channel in changes.rewritten & known.keys():
        state.begin_again(channel)
        done.wants_run = True
    closed = {channel for channel, one in known.items() if membership.is_closed(one)}
    for channel in changes.rooms | changes.left | (changes.members & closed):
        found = membership.looked_at(channel)
        if found is None:
            membership.leave(channel, workspace.now())
        elif channel not in known or known[channel].name != found.name or known[channel].left_at:
            done.wants_run = True
    if changes.rooms or changes.members or changes.left:
        membership.set_members(workspace.directory)


def _threads(workspace: SlackWorkspace, changes: Changes) -> list[tuple[str, str]]:
    """Each thread once, whatever happened in it."""
    found = dict(changes.threads)
    for (channel, ts), root in changes.deleted.items():
        found |= dict.fromkeys((channel, one) for one in ([root] if root else workspace.state.roots_of(channel, ts)))
    found |= dict.fromkeys(workspace.state.threads_with(changes.files))
    return list(found)


def _renew(workspace: SlackWorkspace, known: ChannelState, root: str, update: Update) -> None:
    """Read one thread again: what it says now counts, and of its files those that are on it now."""
    channel = Channel(known.channel, known.name, known.audience == EVERYONE, known.members)
    threads, state = workspace.threads, workspace.state
    found = threads.fetched(channel, root)
    if found is None:
        state.remove(f"{channel.id}/{root}")
        state.put_threads(channel.id, [], [root])
        return
    items = list(threads.items(channel, Audience(known.audience), found))
    there = {f"{state.source}/{item.path}" for item in items}
    for entry in state.documents(f"{channel.id}/{root}"):
        if entry.uri not in there:
            documents.remove(workspace.engine, entry.uri)
    update(items)
    state.put_threads(channel.id, [found.state])


def purge(engine: Engine, state: SlackState) -> None:
    """Forget a whole workspace: the app was removed from it."""
    own = f"{state.location}/"  # an open channel may have a group of the company's as its audience
    runs.set_members(engine, {one.audience: [] for one in state.channels().values() if one.audience.startswith(own)})
    for channel in state.channels():
        _forget(state, channel)
    state.remove()


def _forget(state: SlackState, channel: str) -> None:
    state.move(channel, Audience(ADMINS))  # in one go; deleting takes its time
    state.remove(channel)
    state.forget_channel(channel)
