"""Putting the parts together: the only file that names concrete classes for the seams."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path

import platformdirs
from sqlalchemy import Engine

from app import slack_copy, slack_inbox, verified_answers
from app.answerer import Answerer
from app.conversations import Conversations
from app.desk import Desk
from app.erasure import Deleted
from app.identity.oidc import OpenIdConnect, provider_of
from app.language_models import answerer_with_quotes, version_answerer
from app.observation import ended, logs
from app.observation.metrics import Metrics
from app.observation.spans import Tracing
from app.places import make_private_folder, milvus_file, uploads_of
from app.purge import purge
from app.quoting import QuotingAnswerer
from app.registry.memory import Memory
from app.registry.shelf import shelf_of
from app.registry.switch import LiveAnswerers, Switch
from app.settings import Settings, without_secrets
from app.summaries import Summaries, in_a_thread
from app.trace import texts_of
from ingest.choices import Choices
from ingest.folder import Read
from ingest.instructions import speaks_to_model
from ingest.jail import Jail
from ingest.lock import database_writer, writer
from ingest.patterns import EVERYTHING, Patterns
from ingest.pipeline import Pipeline
from ingest.report import Progress, Report
from ingest.source import Source
from ingest.source_choice import source_at
from retrieval.cross_encoder import CrossEncoder
from retrieval.embedder import Embedder
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.errors import Unusable
from retrieval.faiss_index import FaissIndex
from retrieval.index import Index
from retrieval.indexes import Indexes, Watch, compare, fill
from retrieval.ledger import documents, lookup, runs
from retrieval.ledger.engine import open_ledger
from retrieval.ledger.runs import SourceEntry
from retrieval.lexical import LexicalIndex
from retrieval.milvus_index import MilvusIndex, drop
from retrieval.openvino_embedder import OpenVinoEmbedder
from retrieval.openvino_export import exported
from retrieval.search import Retriever
from retrieval.sentence_embedder import SentenceEmbedder, finds_gpu

_log = logging.getLogger(__name__)
DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Home:
    """One home, opened. Parts are made when they are first needed."""

    settings: Settings

    @cached_property
    def engine(self) -> Engine:
        """The ledger."""
        make_private_folder(self.settings.home)
        return open_ledger(self.settings.ledger_url)

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder that the settings name."""
        folder = Path(self.settings.embedder).expanduser() if self.settings.embedder else installed_minilm()
        model = EmbeddingModel(folder)
        if self.settings.device == "cuda" or (self.settings.device == "auto" and finds_gpu()):
            return SentenceEmbedder(model, "cuda")
        try:
            return OpenVinoEmbedder(model, exported(model, Path(platformdirs.user_cache_dir("frontdesk"))))
        except Unusable as exc:
            _log.warning("Embedding with torch, which is slower: %s", exc)
            return SentenceEmbedder(model, "cpu")

    @cached_property
    def indexes(self) -> Indexes:
        """Both indexes; refuses a home that another embedder made."""
        dense = self.dense_index(self.settings.index)
        return Indexes(self.engine, dense, LexicalIndex(self.index_folder / "lexical.sqlite"))

    @property
    def index_folder(self) -> Path:
        """Where this ledger's index files are."""
        ledger = lookup.fact(self.engine, "ledger") or ""
        folder = self.settings.home / "index" / ledger[:12]
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def dense_index(self, setting: str) -> Index:
        """The dense index that a setting means, of this ledger; it may be another one than the settings name."""
        runs.check_embedder(lookup.fact(self.engine, "embedder"), self.embedder.id)
        kind, _, place = setting.partition(":")
        if kind not in _INDEXES or bool(place) != bool(kind):
            known = "empty for FAISS files, milvus:FILE.db or milvus:http://HOST:PORT"
            raise Unusable(f"FRONTDESK_INDEX is {without_secrets(setting)!r}. Known are: {known}")
        return _INDEXES[kind](self, place)

    def forget_collections(self, name: str) -> None:
        """Drop what a former index of this name has in Milvus, if the settings name one; files go with the purge."""
        kind, _, place = self.settings.index.partition(":")
        if kind == "milvus":
            drop(str(milvus_file(self.settings.home, place) or place), name)

    @cached_property
    def retriever(self) -> Retriever:
        """The search."""
        folder = self.settings.reranker
        cross_encoder = CrossEncoder(Path(folder).expanduser(), self.settings.device) if folder else None
        return Retriever(self.engine, self.embedder, self.indexes, cross_encoder)

    @cached_property
    def conversations(self) -> Conversations:
        """What was said."""
        return Conversations(self.engine)

    @cached_property
    def provider(self) -> OpenIdConnect | None:
        """The company's OpenID Connect, where the settings name one."""
        return provider_of(self.settings)

    @cached_property
    def answerers(self) -> Mapping[str, Answerer]:
        """By name; the first one answers when nobody asks for another. Another promoted version takes its place."""
        return self.switch.answerers

    @cached_property
    def quoting(self) -> QuotingAnswerer:
        """Quotes need no model."""
        return QuotingAnswerer(self.retriever, speaks_to_model)

    @cached_property
    def switch(self) -> Switch:
        """What lets the promoted version answer, where the settings name no model."""
        settings, quoting = self.settings, self.quoting
        first = [answerer_with_quotes(settings, quoting)] if settings.llm else []
        live = LiveAnswerers({one.name: one for one in (*first, quoting)})
        load, memory = partial(version_answerer, settings, quoting), Memory(settings.device)
        switch = Switch(shelf_of(settings.home), settings, live, load, memory)
        switch.open()
        return switch

    @cached_property
    def metrics(self) -> Metrics:
        """What is counted of this home's questions and requests."""
        return Metrics(self.engine)

    @cached_property
    def tracing(self) -> Tracing | None:
        """Where traces go, if a setting names a collector."""
        return Tracing(self.settings.traces) if self.settings.traces else None

    @cached_property
    def summaries(self) -> Summaries:
        """What older turns came to, where the model that answers can sum up."""
        return Summaries(self.engine, self.conversations, self.answerers, in_a_thread)

    @cached_property
    def desk(self) -> Desk:
        """The answering service."""
        return self.desk_with(self.answerers)

    def desk_with(self, answerers: Mapping[str, Answerer]) -> Desk:
        """The answering service with other answerers than the home's own."""
        settings = self.settings
        return Desk(
            self.engine,
            self.retriever,
            answerers,
            self.conversations,
            settings.evidence,
            settings.contact,
            self._watches(),
            summaries=self.summaries,
        )

    def _watches(self) -> list[ended.Watch]:
        watches: list[ended.Watch] = [self.metrics.ended]
        if self.settings.log == "json":
            watches.append(logs.ended)
        return [*watches, self.tracing.ended] if self.tracing else watches

    def ingest(
        self,
        path: Path,
        audience: str,
        progress: Progress,
        *,
        patterns: Patterns = EVERYTHING,
        failed_only: bool = False,
    ) -> Report:
        """Bring the ledger up to date with a folder, a file or a Slack export, then the indexes.

        A known source may be named instead of its path; an audience and patterns that are not given stay as they were.
        """
        with self.alone(), Jail() as jail:
            known = runs.listed_sources(self.engine)
            at = slack_copy.place_of(self, path, known)
            asked = Choices(audience, patterns.include, patterns.exclude)
            source = self._source_at(at, asked, known, jail.read)
            before = next((one for one in known if one.location == source.location), None)
            slack_copy.check(self.engine, source, before)
            choices = asked.completed(before)
            if choices != asked:
                source = self._source_at(at, choices, known, jail.read)
            try:
                return self.ingest_source(source, progress, failed_only=failed_only)
            finally:
                place = at if at == slack_copy.LIVE else at.resolve()
                if before is None or Path(before.path) not in place.parents:  # else a part was ingested
                    runs.remember_source(self.engine, source.location, str(place), asdict(choices))
                if at == slack_copy.LIVE:
                    slack_copy.compare_daily(self.engine, source.location, before)

    def _source_at(self, at: Path, choices: Choices, known: Iterable[SourceEntry], read: Read) -> Source:
        is_live = at == slack_copy.LIVE
        return slack_copy.live_source(self, choices, read) if is_live else source_at(at, choices, known, read)

    def ingest_source(self, source: Source, progress: Progress, *, failed_only: bool = False) -> Report:
        """The same with a source that is at hand; the caller holds the writer lock."""
        _ = self.indexes  # an index that is refused is told before hours of work
        report = Pipeline(self.engine, self.embedder, progress, self.settings.sensitive).run(
            source, failed_only=failed_only
        )
        self.indexes.save()
        if documents.purge_is_due(self.engine):
            purge(self.engine, self.indexes, self.index_folder)
        return report

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the writer locks: nobody else writes documents meanwhile."""
        make_private_folder(self.settings.home)
        with writer(self.settings.home), database_writer(self.engine):
            yield

    def delete(self, uri: str) -> Deleted:
        """Delete a document everywhere."""
        with self.alone():
            return self.remove(uri)

    def remove(self, uri: str) -> Deleted:
        """The same; the caller holds the writer locks. First nobody is shown it any more, then it leaves the files."""
        indexes = self.indexes  # before anything is changed
        texts = texts_of(self.engine, uri)
        gone = documents.remove(self.engine, uri)
        for other in verified_answers.forget_with(self.engine, uri):
            documents.remove(self.engine, other)
        self._unlink_upload(uri)
        slack_inbox.forget_document(self.engine, uri)
        indexes.save()
        return Deleted(gone, purge(self.engine, indexes, self.index_folder, texts))

    def _unlink_upload(self, uri: str) -> None:
        """An uploaded file is our own copy: left there, the next upload would bring it back."""
        name, _, path = uri.partition("/")
        folder = Path(runs.source_of(self.engine, name).location)
        if folder.is_relative_to(uploads_of(self.settings.home).resolve()):
            (folder / path).unlink(missing_ok=True)

    def rebuild_index(self, watch: Watch) -> None:
        """Make both indexes anew from the ledger; nothing is embedded."""
        with self.alone():
            self.indexes.rebuild(watch)

    def copy_index(self, setting: str, watch: Watch) -> int:
        """Fill the dense index that another setting means, and compare it with the ledger; returns its chunks."""
        with self.alone():
            other = self.dense_index(setting)
            fill(self.engine, other, watch)
            other.save()
            compare(self.engine, other)
            return other.rows


def _faiss_files(home: Home, _: str) -> Index:
    return FaissIndex(home.index_folder, home.embedder.id, home.embedder.dim)


def _milvus(home: Home, place: str) -> Index:
    file = milvus_file(home.settings.home, place)
    return MilvusIndex(str(file or place), home.index_folder.name, home.embedder.id, home.embedder.dim)


_INDEXES: dict[str, Callable[[Home, str], Index]] = {"": _faiss_files, "milvus": _milvus}
