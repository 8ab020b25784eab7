"""One ingestion run: item by item, what is new is read, embedded in batches, and made answerable."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Engine

from ingest import hygiene
from ingest.chunking import CHUNK_TOKENS, split
from ingest.hygiene import Sensitive, cleaned
from ingest.report import Report
from ingest.source import Item, Listed, Mark, Source, Unlisted
from ingest.stated_audience import narrowed
from retrieval.access import ADMINS, Audience
from retrieval.chunk import Chunk, digest, embedding_digest
from retrieval.embedder import Embedder
from retrieval.errors import FrontdeskError, Quarantined, Unreadable
from retrieval.ledger import documents, runs
from retrieval.ledger.documents import Entry, Version
from retrieval.ledger.runs import Failure
from retrieval.reading import Reading

_log = logging.getLogger(__name__)
# Changes when the same bytes would become other chunks or state other facts.
_RECIPE = f"6:{hygiene.RECIPE}:{CHUNK_TOKENS}"
_BATCH = 256  # chunks that are embedded together


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A document that was read and waits for its embeddings."""

    entry: Entry
    chunks: tuple[Chunk, ...]
    digests: tuple[str, ...]
    is_new: bool
    fleeting: bool


@dataclass(frozen=True, slots=True)
class _Batch:
    """Documents that are being embedded: all digests of theirs, and those that come, with what is read of them."""

    waiting: list[_Waiting | Mark]
    needed: frozenset[str]
    coming: list[tuple[list[str], Future[list[Reading]]]]


@dataclass(frozen=True, slots=True)
class Before:
    """What a run finds: its own number, the documents that it may meet, and what could not be read."""

    run: int
    documents: Sequence[Entry]
    failures: Sequence[Failure]


def begun(engine: Engine, source: str) -> Before:
    """Begin a run of a whole source."""
    number = runs.start_run(engine, source)
    return Before(number, documents.entries(engine, source), runs.known_failures(engine, source))


class Run:
    """One run's state."""

    def __init__(self, engine: Engine, embedder: Embedder, source: str, sensitive: Sensitive, before: Before) -> None:
        self._engine = engine
        self._embedder = embedder
        self._source = source
        self._sensitive = sensitive
        # Ends with the embedder: app/embedder_switch.py replaces it in stamps.
        self._recipe = f"{_RECIPE}:{sensitive}:{embedder.id}"
        self.id = before.run
        self.report = Report()
        self._known = {entry.uri: entry for entry in before.documents}
        self._failed = {failure.uri: failure for failure in before.failures}
        self._waiting: list[_Waiting | Mark] = []
        self._batch = _Batch([], frozenset(), [])
        self._other = ThreadPoolExecutor(1)
        self._seen: set[str] = set()

    def close(self) -> None:
        """End the other thread."""
        self._other.shutdown(cancel_futures=True)

    def failed_before(self, item: Listed) -> bool:
        """Whether an earlier run could not read it."""
        return not isinstance(item, Mark) and f"{self._source}/{item.path}" in self._failed

    def finish(self) -> None:
        """Embed and store what still waits."""
        self.embed()
        self.settle()

    def take(self, item: Listed, *, again: bool = False) -> None:
        """Deal with one item: nothing, its audience, its stamp, or its content has changed.

        What could not be read is not read again until it changes, unless `again` asks for it.
        """
        if isinstance(item, Mark):
            self._pass(item)
            return
        uri = f"{self._source}/{item.path}"
        self._seen.add(uri)
        if isinstance(item, Unlisted):
            self._fail(uri, item.reason)
            return
        before = self._known.get(uri)
        stamp = f"{item.stamp}:{self._recipe}"
        audience = narrowed(item.audience, before.facts.stated_audience if before else None)
        moved = before is not None and (before.audience, before.contact) != (audience.id, audience.contact)
        is_same = before is not None and before.stamp == stamp
        if moved and (is_same or (before and before.audience != ADMINS)):
            # First of all, so that not even an unreadable document stays open to whom it is closed now. What only
            # admins may read may hold what a new version does not: it is opened with that one.
            documents.set_audience(self._engine, uri, audience)
        if is_same:
            self._count(is_new=False, changed=moved)
            return
        failed = self._failed.get(uri)
        if failed is not None and failed.stamp == stamp and not again:
            self.report.failed.append(failed)
        else:
            self._try(item, uri, stamp, changed=moved)

    def _pass(self, mark: Mark) -> None:
        if self._waiting or self._batch.waiting:
            self._waiting.append(mark)
        else:
            mark.reached()

    def _try(self, item: Item, uri: str, stamp: str, *, changed: bool) -> None:
        loaded = ""
        try:
            data = item.load()
            loaded = stamp  # what follows depends on the bytes alone
            self._read(item, data, uri, stamp, changed=changed)
        except Unreadable as exc:
            if isinstance(exc, Quarantined) and uri in self._known:  # what it holds must not stay answerable
                documents.remove(self._engine, uri)
                self.report.removed += 1
            self._fail(uri, str(exc), loaded)
        except FrontdeskError:
            raise
        except Exception as exc:  # noqa: BLE001 - one document must never stop a run
            _log.exception("Reading failed")
            self._fail(uri, f"reading it failed unexpectedly ({type(exc).__name__})")

    @property
    def has_enough(self) -> bool:
        """Whether enough waits to be embedded together."""
        return sum(len(one.chunks) for one in _read_ones(self._waiting)) >= _BATCH

    def embed(self) -> None:
        """Begin to embed what is missing for the waiting documents, as soon as the ones before them are settled."""
        self.settle()
        waiting, self._waiting = self._waiting, []
        wanted = {
            of_chunk: chunk.embedded_text
            for one in _read_ones(waiting)
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
            if isinstance(one, Mark):
                one.reached()
                continue
            version = Version(one.entry, one.chunks, one.digests, one.fleeting)
            documents.flip(self._engine, version, batch.needed)
            self._count(is_new=one.is_new, changed=True)

    def _read_all(self, texts: Sequence[str]) -> list[Reading]:
        begun = time.monotonic()
        readings = self._embedder.read(texts)
        self.report.embedding_seconds += time.monotonic() - begun
        return readings

    def remove_missing(self, source: Source) -> None:
        """Remove the documents that the source would list if they still existed."""
        for uri in self._known:
            if uri not in self._seen and source.covers(uri.removeprefix(f"{self._source}/")):
                documents.remove(self._engine, uri)
                self.report.removed += 1
        gone = [uri for uri in self._failed if source.covers(uri.removeprefix(f"{self._source}/"))]
        failed = {failure.uri for failure in self.report.failed}
        runs.forget_failures(self._engine, [uri for uri in gone if uri not in failed])

    def _read(self, item: Item, data: bytes, uri: str, stamp: str, *, changed: bool) -> None:
        before = self._known.get(uri)
        of_data = digest(f"{digest(data)}:{self._recipe}")
        if before is not None and before.digest == of_data:
            documents.set_stamp(self._engine, {uri: stamp})
            audience = narrowed(item.audience, before.facts.stated_audience)
            if (before.audience, before.contact) != (audience.id, audience.contact):
                documents.set_audience(self._engine, uri, audience)  # what it holds is what it held
            self._count(is_new=False, changed=changed)
            return
        clean = cleaned(item.read(data), self._sensitive)
        document = clean.document
        audience = narrowed(item.audience, document.facts.stated_audience)
        chunks = split(document, uri, self._embedder.tokens, self._embedder.max_tokens)
        version = before.version + 1 if before else 1
        entry = _entry(uri, self._source, document.title, audience, stamp)
        entry = replace(entry, digest=of_data, version=version, facts=document.facts, concerns=clean.concerns)
        self.report.concerns += [(uri, concern) for concern in clean.concerns]
        digests = tuple(embedding_digest(self._embedder.id, chunk.embedded_text) for chunk in chunks)
        self._waiting.append(_Waiting(entry, tuple(chunks), digests, before is None, item.fleeting))

    def _count(self, *, is_new: bool, changed: bool) -> None:
        if is_new:
            self.report.added += 1
        elif changed:
            self.report.updated += 1
        else:
            self.report.unchanged += 1

    def _fail(self, uri: str, reason: str, stamp: str = "") -> None:
        failure = Failure(uri, reason, stamp)
        self.report.failed.append(failure)
        runs.note_failure(self._engine, self.id, self._source, failure)


def _read_ones(waiting: Iterable[_Waiting | Mark]) -> Iterator[_Waiting]:
    return (one for one in waiting if isinstance(one, _Waiting))


def _entry(uri: str, source: str, title: str, audience: Audience, stamp: str) -> Entry:
    now = datetime.now(UTC)
    return Entry(uri, source, title, audience.id, audience.contact, stamp, "", 1, now)
