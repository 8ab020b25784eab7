"""Which source a path stands for."""

from collections.abc import Iterable
from pathlib import Path

from ingest.choices import Choices
from ingest.folder import Folder, Read, root_of
from ingest.patterns import Patterns
from ingest.slack_export import SlackExport
from ingest.source import Source
from retrieval.access import EVERYONE
from retrieval.ledger.runs import SourceEntry


def source_at(path: Path, choices: Choices, known: Iterable[SourceEntry], read: Read) -> Source:
    """The source that a path stands for; `read` reads its documents, where they are not Slack's.

    Raises:
        Unusable: it is neither a folder, a document nor a Slack export.
    """
    default = choices.audience or EVERYONE
    patterns = Patterns(choices.include, choices.exclude)
    if path.is_dir():
        return Folder(path, default, read=read, patterns=patterns)
    if path.suffix.lower() == ".zip":
        return SlackExport(path, default)
    return Folder(root_of(path, [source.location for source in known]), default, only=path, read=read)
