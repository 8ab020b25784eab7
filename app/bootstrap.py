"""Putting the parts together: the only file that names concrete classes for the seams."""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from sqlalchemy import Engine

from app.answerer import Answerer
from app.conversations import Conversations
from app.desk import Desk
from app.quoting import QuotingAnswerer
from app.settings import Settings
from ingest.folder import Folder, root_of
from ingest.lock import database_writer, writer
from ingest.pipeline import Pipeline
from ingest.report import Progress, Report
from ingest.slack_export import SlackExport
from ingest.source import Source
from retrieval.access import EVERYONE
from retrieval.cross_encoder import CrossEncoder
from retrieval.embedder import Embedder
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.errors import Unusable
from retrieval.faiss_index import FaissIndex
from retrieval.indexes import Indexes
from retrieval.ledger import documents, lookup, runs
from retrieval.ledger.engine import empty_log, open_ledger
from retrieval.lexical import LexicalIndex
from retrieval.openvino_embedder import OpenVinoEmbedder
from retrieval.openvino_export import exported
from retrieval.search import Retriever
from retrieval.sentence_embedder import SentenceEmbedder, finds_gpu

if TYPE_CHECKING:
    from app.llm.model import LanguageModel

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
        runs.check_embedder(lookup.fact(self.engine, "embedder"), self.embedder.id)
        ledger = lookup.fact(self.engine, "ledger") or ""
        folder = self.settings.home / "index" / ledger[:12]
        folder.mkdir(parents=True, exist_ok=True)
        dense = FaissIndex(folder, self.embedder.id, self.embedder.dim)
        return Indexes(self.engine, dense, LexicalIndex(folder / "lexical.sqlite"))

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
    def answerers(self) -> Mapping[str, Answerer]:
        """By name; the first one answers when nobody asks for another."""
        quoting = QuotingAnswerer(self.retriever)
        if not self.settings.llm:
            return {quoting.name: quoting}
        prompted = _prompted(self.settings)
        return {prompted.name: prompted, quoting.name: quoting}

    @cached_property
    def desk(self) -> Desk:
        """The answering service."""
        settings = self.settings
        return Desk(
            self.engine,
            self.retriever,
            self.answerers,
            self.conversations,
            settings.evidence,
            settings.contact,
        )

    def ingest(self, path: Path, audience: str, progress: Progress) -> Report:
        """Bring the ledger up to date with a folder, a file or a Slack export, then the indexes."""
        make_private_folder(self.settings.home)
        with writer(self.settings.home), database_writer(self.engine):
            source = source_at(path, audience, runs.source_names(self.engine))
            return self.ingest_source(source, progress)

    def ingest_source(self, source: Source, progress: Progress) -> Report:
        """The same with a source that is at hand; the caller holds the writer lock."""
        report = Pipeline(self.engine, self.embedder, progress).run(source)
        self.indexes.save()
        if report.removed:
            self._purge()
        return report

    def delete(self, uri: str) -> int:
        """Delete a document everywhere; returns how many chunks went."""
        make_private_folder(self.settings.home)
        with writer(self.settings.home), database_writer(self.engine):
            gone = documents.remove(self.engine, uri)
            self.indexes.save()
            self._purge()
            return gone

    def _purge(self) -> None:
        """Leave nothing of what was removed in the files."""
        self.indexes.lexical.purge()
        empty_log(self.engine)


def source_at(path: Path, audience: str, known: Mapping[str, str]) -> Source:
    """The source that a path stands for.

    Raises:
        Unusable: nothing is there, or it is neither a folder, a document nor a Slack export.
    """
    default = audience or EVERYONE
    if not path.exists():
        raise Unusable(f"There is nothing at {path}. A folder, a document or a Slack export ZIP was expected")
    if path.is_dir():
        return Folder(path, default)
    if path.suffix.lower() == ".zip":
        return SlackExport(path, default)
    return Folder(root_of(path, known), default, only=path)


def make_private_folder(home: Path) -> None:
    """Create the home, readable by its owner only."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.chmod(0o700)
    except OSError as exc:
        raise Unusable(f"The home {home} cannot be made: {exc.strerror}. Set FRONTDESK_HOME to another folder") from exc
    if not os.access(home, os.W_OK):
        raise Unusable(f"The home {home} is not writable. Set FRONTDESK_HOME to another folder")


def _prompted(settings: Settings) -> Answerer:
    from app.prompted import PromptedAnswerer

    for matches, load in _MODELS:
        if matches(settings.llm):
            return PromptedAnswerer(load(settings), settings.answer_tokens)
    raise Unusable(f"FRONTDESK_LLM is {settings.llm!r}: a Llama folder or a URL that begins with http was expected")


def _is_url(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _load_remote(settings: Settings) -> "LanguageModel":
    from app.llm.remote import RemoteModel, connect

    return connect(
        RemoteModel(
            settings.llm,
            settings.llm_model,
            settings.llm_key,
            settings.llm_tokenizer,
            settings.llm_window,
            settings.answer_tokens,
        )
    )


def _load_local(settings: Settings) -> "LanguageModel":
    from app.llm.local import load_llama

    folder = Path(settings.llm).expanduser()
    return load_llama(folder, settings.device, settings.llm_window, settings.answer_tokens)


_MODELS: list[tuple[Callable[[str], bool], Callable[[Settings], "LanguageModel"]]] = [
    (_is_url, _load_remote),
    (lambda place: Path(place).expanduser().is_dir(), _load_local),
]
