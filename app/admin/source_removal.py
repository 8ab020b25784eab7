"""Deleting a source with all its documents; what was uploaded into the home goes with it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete

from app import slack_inbox, verified_answers
from app.bootstrap import Home
from app.places import exports_of, uploads_of
from app.purge import purge
from app.trace import texts_of
from ingest.slack_state import SlackState
from ingest.verified import VerifiedAnswers
from retrieval.errors import Unusable
from retrieval.ledger import documents, runs
from retrieval.ledger.engine import writing
from retrieval.ledger.runs import SourceEntry
from retrieval.ledger.schema import failures, sources

_OF_SLACK = "slack:"


@dataclass(frozen=True, slots=True)
class Removed:
    """What went with a source. `file_stays` is where its files still are; empty where nothing of it is left."""

    source: str
    documents: int
    chunks: int
    messages: int
    file_stays: str


def remove_source(home: Home, name: str) -> Removed:
    """Delete a source: nobody is shown any of it from then on, and it leaves the files of the home.

    Raises:
        Missing: there is no such source.
        Unusable: it is the one of the verified answers, which go one by one.
        LedgerBusy: a run goes on.
    """
    with home.alone():
        source = runs.source_of(home.engine, name)
        if source.location == VerifiedAnswers.location:
            raise Unusable("Verified answers are deleted one by one, on their own page")
        indexes = home.indexes  # before anything is changed
        uris = [entry.uri for entry in documents.entries(home.engine, name)]
        texts = [text for uri in uris for text in texts_of(home.engine, uri)]
        gone = sum(_removed(home, uri) for uri in uris)
        stays = _without_files(home, source)
        _forget(home, source)
        indexes.save()
        messages = purge(home.engine, indexes, home.index_folder, texts)
    return Removed(name, len(uris), gone, messages, stays)


def _removed(home: Home, uri: str) -> int:
    gone = documents.remove(home.engine, uri)
    for other in verified_answers.forget_with(home.engine, uri):
        documents.remove(home.engine, other)
    slack_inbox.forget_document(home.engine, uri)
    return gone


def _without_files(home: Home, source: SourceEntry) -> str:
    """Delete our own copies; returns the place that is not ours to delete."""
    folder, path = Path(source.location), Path(source.path)
    if folder.is_relative_to(uploads_of(home.settings.home).resolve()):
        shutil.rmtree(folder, ignore_errors=True)
        return ""
    if path.is_relative_to(exports_of(home.settings.home).resolve()):
        path.unlink(missing_ok=True)
        return ""
    return source.path or source.location


def _forget(home: Home, source: SourceEntry) -> None:
    if source.location.startswith(_OF_SLACK):
        state = SlackState(home.engine, source.location.removeprefix(_OF_SLACK))
        for channel in state.channels():
            state.forget_channel(channel)
    with writing(home.engine) as connection:
        closed = [one for one in runs.audiences(connection) if one.startswith(f"{source.location}/")]
        runs.put_members(connection, dict.fromkeys(closed, ()))
        connection.execute(delete(failures).where(failures.c.source == source.name))
        connection.execute(delete(sources).where(sources.c.name == source.name))
