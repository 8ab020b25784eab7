"""Threads of a live workspace as items: read from Slack now, or known to be as they were."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from ingest.slack_channels import Channel
from ingest.slack_client import SlackClient
from ingest.slack_conversation import Conversation, Keeping
from ingest.slack_directory import Directory
from ingest.slack_document import read_thread
from ingest.slack_files import Read, file_items
from ingest.slack_state import SlackState, ThreadState
from ingest.source import Item
from retrieval.access import Audience
from retrieval.errors import Unreadable


@dataclass(frozen=True, slots=True)
class ThreadReader:
    """What making an item of a thread takes. `unwanted` are the writers whose messages are not kept."""

    client: SlackClient
    state: SlackState
    directory: Directory
    unwanted: frozenset[str]
    read: Read

    def keeping(self, channel: Channel) -> Keeping:
        """What is kept of the channel's messages at this moment."""
        return Keeping(self.state.team, self.directory.names, self.unwanted, self.state.deleted(channel.id))

    def fetched(self, channel: Channel, root: str) -> Conversation | None:
        """The thread as it is now; None where nothing of it is left."""
        rows = self.client.replies(channel.id, root)
        return self.keeping(channel).conversation(channel, root, rows)

    def items(self, channel: Channel, audience: Audience, found: Conversation) -> Iterator[Item]:
        """The thread, then the files on its messages."""
        path = f"{channel.id}/{found.state.root}"
        yield Item(path, found.state.stamp, audience, partial(bytes, found.data), read_thread, fleeting=True)
        yield from file_items(self.client, self.read, path, audience, found.files)

    def unchanged(self, channel: Channel, audience: Audience, known: ThreadState) -> Item:
        """A thread that is as it was; it is read again only where it must be made anew."""
        load = partial(self._load, channel, known.root)
        return Item(f"{channel.id}/{known.root}", known.stamp, audience, load, read_thread, fleeting=True)

    def _load(self, channel: Channel, root: str) -> bytes:
        found = self.fetched(channel, root)
        if found is None:
            raise Unreadable("the thread is gone")
        return found.data
