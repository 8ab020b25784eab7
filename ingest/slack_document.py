"""The document of one thread, whatever it was read from. Pure.

Its messages are its blocks, in order; the first one leads each chunk; every message has its own link.
"""

import json
from collections.abc import Iterable

from ingest.slack_messages import Message, timestamp
from ingest.slack_text import clean
from retrieval.document import Block, Document, Section
from retrieval.plain import folded

_TITLE_LENGTH = 80


def packed(team: str, channel: str, name: str, messages: Iterable[Message]) -> bytes:
    """What the document is made of; the same bytes for the same messages."""
    said = [(message.line, message.text, _permalink(team, channel, message)) for message in messages]
    return json.dumps([clean(name), said]).encode()


def read_thread(data: bytes) -> Document:
    """The document of that."""
    name, said = json.loads(data)
    lead = said[0][0]
    blocks = [Block(line, lead if place else "", link) for place, (line, _, link) in enumerate(said)]
    first = folded(said[0][1].split("\n")[0])
    short = first if len(first) <= _TITLE_LENGTH else first[:_TITLE_LENGTH].rsplit(" ", 1)[0] + " ..."
    return Document(folded(f"#{name}: {short}"), (Section((), tuple(blocks)),))


def _permalink(team: str, channel: str, message: Message) -> str:
    thread = f"&thread_ts={timestamp(message.root)}" if message.ts != message.root else ""
    place = f"team={team}&channel={channel}&message_ts={timestamp(message.ts)}"
    return f"https://slack.com/app_redirect?{place}{thread}"
