"""The ingestion run: a source in, the ledger up to date.

Idempotent and proportional to the change. Killed anywhere it leaves each document in exactly one answerable version:
vectors are stored first, then one transaction a document makes its new version the answerable one. One batch is
embedded in another thread while the next one is read; the ledger is written to from here alone.
"""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Engine

from ingest.chunking import CHUNK_TOKENS, split
from ingest.report import Progress, Report
from ingest.source import Item, Source, Unlisted
from retrieval.access import Audience
from retrieval.chunk import Chunk, digest, embedding_digest
from retrieval.embedder import Embedder
from retrieval.errors import FrontdeskError, Unreadable, Unusable
from retrieval.ledger import documents, runs
from retrieval.ledger.documents import Entry, Version
from retrieval.ledger.runs import Failure
from retrieval.reading import Reading

_log = logging.getLogger(__name__)
_RECIPE = f"4:{CHUNK_TOKENS}"  # changes when the same bytes would become other chunks or state other facts
_BATCH = 256  # chunks that are embedded together


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A document that was read and waits for its embeddings."""

    entry: Entry
    chunks: tuple[Chunk, ...]
    digests: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Batch:
    """Documents that are being embedded: all digests of theirs, and those that come, with what is read of them."""

    waiting: list[_Waiting]
    needed: frozenset[str]
    coming: list[tuple[list[str], Future[list[Reading]]]]


class Pipeline:
    """Brings one ledger up to date."""

    def __init__(self, engine: Engine, embedder: Embedder, progress: Progress) -> None:
        self._engine = engine
        self._embedder = embedder
        self._progress = progress

    def run(self, source: Source) -> Report:
        """Ingest what is new or changed, remove what is gone, report the rest."""
        begun = time.monotonic()
        listed = list(source.items())
        if not listed and source.location not in runs.source_names(self._engine):
            raise Unusable(f"{source.location} is empty. A folder with documents or a Slack export was expected")
        runs.claim_embedder(self._engine, self._embedder.id)
        name = runs.add_source(self._engine, source.kind, source.location, source.name)
        read_before = self._embedder.tokens_read
        runs.set_members(self._engine, source.members())
        with closing(_Run(self._engine, self._embedder, name, runs.start_run(self._engine, name))) as run:
            for item in listed:
                run.take(item)
                if run.has_enough:
                    run.embed()
                self._progress.at(run.report, len(listed))
            run.embed()
            run.settle()
        run.remove_missing(source, listed)
        run.report.tokens_embedded = self._embedder.tokens_read - read_before
        self._progress.at(run.report, len(listed))
        run.report.seconds = time.monotonic() - begun
        runs.end_run(self._engine, run.id, run.report.counts())
        return run.report


class _Run:
    """One run's state."""

    def __init__(self, engine: Engine, embedder: Embedder, source: str, run: int) -> None:
        self._engine = engine
        self._embedder = embedder
        self._source = source
        self.id = run
        self.report = Report()
        self._known = {entry.uri: entry for entry in documents.entries(engine, source)}
        self._waiting: list[_Waiting] = []
        self._batch = _Batch([], frozenset(), [])
        self._other = ThreadPoolExecutor(1)
        self._seen: set[str] = set()

    def close(self) -> None:
        """End the other thread."""
        self._other.shutdown(cancel_futures=True)

    def take(self, item: Item | Unlisted) -> None:
        """Deal with one item: nothing, its audience, its stamp, or its content has changed."""
        uri = f"{self._source}/{item.path}"
        if isinstance(item, Unlisted):
            self._fail(uri, item.reason)
            return
        self._seen.add(uri)
        before = self._known.get(uri)
        stamp = f"{item.stamp}:{_RECIPE}:{self._embedder.id}"
        moved = before is not None and (before.audience, before.contact) != (
            item.audience.id,
            item.audience.contact,
        )
        if moved:  # first of all, so that not even an unreadable document stays open to whom it is closed now
            documents.set_audience(self._engine, uri, item.audience)
        if before is not None and before.stamp == stamp:
            self._count(is_new=False, changed=moved)
            return
        try:
            self._read(item, uri, stamp, changed=moved)
        except Unreadable as exc:
            self._fail(uri, str(exc))
        except FrontdeskError:
            raise
        except Exception as exc:  # noqa: BLE001 - one document must never stop a run
            _log.exception("Reading failed")
            self._fail(uri, f"reading it failed unexpectedly ({type(exc).__name__})")

    @property
    def has_enough(self) -> bool:
        """Whether enough waits to be embedded together."""
        return sum(len(one.chunks) for one in self._waiting) >= _BATCH

    def embed(self) -> None:
        """Begin to embed what is missing for the waiting documents, as soon as the ones before them are settled."""
        self.settle()
        waiting, self._waiting = self._waiting, []
        wanted = {
            of_chunk: chunk.embedded_text
            for one in waiting
            for of_chunk, chunk in zip(one.digests, one.chunks, strict=True)
        }
        stored = documents.stored_embeddings(self._engine, wanted)
        missing = [of_text for of_text in wanted if of_text not in stored]
        parts = [missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]
        coming = [(part, self._other.submit(self._read_all, [wanted[one] for one in part])) for part in parts]
        self._batch = _Batch(waiting, frozenset(wanted), coming)

    def settle(self) -> None:
        """Store what is being embedded and make the documents' new versions the answerable ones."""
        batch, self._batch = self._batch, _Batch([], frozenset(), [])
        for digests, readings in batch.coming:
            documents.store_embeddings(self._engine, digests, readings.result())
            self.report.chunks_embedded += len(digests)
        for one in batch.waiting:
            documents.flip(self._engine, Version(one.entry, one.chunks, one.digests), batch.needed)
            self._count(is_new=one.is_new, changed=True)

    def _read_all(self, texts: Sequence[str]) -> list[Reading]:
        begun = time.monotonic()
        readings = self._embedder.read(texts)
        self.report.embedding_seconds += time.monotonic() - begun
        return readings

    def remove_missing(self, source: Source, listed: Sequence[Item | Unlisted]) -> None:
        """Remove the documents that the source would list if they still existed."""
        present = self._seen | {f"{self._source}/{item.path}" for item in listed}
        for uri in self._known:
            if uri not in present and source.covers(uri.removeprefix(f"{self._source}/")):
                documents.remove(self._engine, uri)
                self.report.removed += 1
        gone = [
            failure.uri
            for failure in runs.known_failures(self._engine, self._source)
            if source.covers(failure.uri.removeprefix(f"{self._source}/"))
        ]
        failed = {failure.uri for failure in self.report.failed}
        runs.forget_failures(self._engine, [uri for uri in gone if uri not in failed])

    def _read(self, item: Item, uri: str, stamp: str, *, changed: bool) -> None:
        before = self._known.get(uri)
        data = item.load()
        of_data = digest(f"{digest(data)}:{_RECIPE}:{self._embedder.id}")
        if before is not None and before.digest == of_data:
            documents.set_stamp(self._engine, {uri: stamp})
            self._count(is_new=False, changed=changed)
            return
        document = item.read(data)
        chunks = split(document, uri, self._embedder.tokens, self._embedder.max_tokens)
        version = before.version + 1 if before else 1
        entry = _entry(uri, self._source, document.title, item.audience, stamp)
        entry = replace(entry, digest=of_data, version=version, facts=document.facts)
        digests = tuple(embedding_digest(self._embedder.id, chunk.embedded_text) for chunk in chunks)
        self._waiting.append(_Waiting(entry, tuple(chunks), digests, before is None))

    def _count(self, *, is_new: bool, changed: bool) -> None:
        if is_new:
            self.report.added += 1
        elif changed:
            self.report.updated += 1
        else:
            self.report.unchanged += 1

    def _fail(self, uri: str, reason: str) -> None:
        failure = Failure(uri, reason)
        self.report.failed.append(failure)
        runs.note_failure(self._engine, self.id, self._source, failure)


def _entry(uri: str, source: str, title: str, audience: Audience, stamp: str) -> Entry:
    now = datetime.now(UTC)
    return Entry(uri, source, title, audience.id, audience.contact, stamp, "", 1, now)
