"""Measuring a set of questions through the normal pipeline, in a home that is thrown away.

With `compare`, each question is put to the peers' usual recipes as well, in turn, on the same machine.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.access import NOBODY
from app.bootstrap import Home
from app.evaluation.peers import Peer, peers, require_packages
from app.evaluation.question_set import Qrels, Query, load_set
from app.events import AnswerEvent, Done, Found, Refused, Source
from app.question import Question
from app.settings import Settings
from ingest.corpus import Corpus, CorpusText
from ingest.report import Progress, Report
from retrieval.budget import passages_wanted
from retrieval.embedding_model import installed_minilm
from retrieval.errors import Unusable

OURS = "Frontdesk"
_DEPTH = 100  # chunks, so that twenty documents are among them
SOURCE = "set"


class Watch(Progress, Protocol):
    """Is told how far an evaluation is; draws it or not."""

    def step(self, doing: str, done: int, total: int) -> None:
        """So many of `total` are done of what is being done now."""
        ...


class Unwatched:
    """Draws nothing."""

    def at(self, report: Report, total: int) -> None:
        """Ignore."""

    def step(self, doing: str, done: int, total: int) -> None:
        """Ignore."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Documents that were found, best first, and how long that took in ms."""

    documents: tuple[str, ...]
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question.

    `asked` are the words that were searched for, history resolved. `read` are the texts of the passages for the
    answer, `sureness` the probability that they hold it, `cosine` the best one among the chunks. `phrasings` are the
    documents for a follow-up's last turn alone and for the question in full, `peers` for each recipe compared.
    """

    query: Query
    asked: str
    ranked: Ranked
    outcome: AnswerEvent
    sources: tuple[Source, ...]
    read: tuple[str, ...]
    sureness: float
    cosine: float
    milliseconds: float
    phrasings: Mapping[str, Ranked] = field(default_factory=dict)
    peers: Mapping[str, Ranked] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether an answer came; a question back, which is in no model's words, is none."""
        return isinstance(self.outcome, Done) and bool(self.outcome.model)

    @property
    def asked_back(self) -> bool:
        """Whether a question came instead of an answer."""
        return isinstance(self.outcome, Done) and not self.outcome.model

    @property
    def refused(self) -> bool:
        """Whether the documents were said not to tell."""
        return isinstance(self.outcome, Refused)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured. `threshold` is the least sureness of an answer, `ingest_seconds` by recipe."""

    name: str
    documents: int
    chunks: int
    threshold: float
    titles: Mapping[str, str]
    qrels: Qrels
    results: tuple[Result, ...]
    ingest_seconds: Mapping[str, float]


def evaluate(set_dir: Path, settings: Settings, watch: Watch, *, split: str = "", compare: bool = False) -> Evaluation:
    """Ask all questions of a set, or those of one half.

    Raises:
        Unusable: the folder is no such set, no question is in that half, or packages for the comparison are missing.
    """
    texts, queries, qrels = load_set(set_dir, split)
    if compare:
        require_packages()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(settings.model_copy(update={"home": Path(folder), "ledger": ""}))
        report = home.ingest_source(Corpus(SOURCE, texts), watch)
        _refuse_unread(report, texts, set_dir)
        others = _peers(texts, settings, watch) if compare else []
        home.retriever.search("warm up", NOBODY.scope, 1)
        results = []
        for done, query in enumerate(queries):
            watch.step("Asking", done, len(queries))
            results.append(asked(home, query, others))
        watch.step("Asking", len(queries), len(queries))
    return Evaluation(
        set_dir.resolve().name,
        report.added,
        report.chunks_embedded,
        settings.evidence,
        {text.id: text.title or text.id for text in texts},
        qrels,
        tuple(results),
        {OURS: report.seconds} | {peer.name: peer.ingest_seconds for peer in others},
    )


def _refuse_unread(report: Report, texts: Sequence[CorpusText], set_dir: Path) -> None:
    if report.failed and len(report.failed) == len(texts):
        some = ", ".join(failure.uri for failure in report.failed[:3])
        raise Unusable(f"No text of {set_dir} could be read, {some} for example")


def _peers(texts: Sequence[CorpusText], settings: Settings, watch: Watch) -> list[Peer]:
    model = Path(settings.embedder).expanduser() if settings.embedder else installed_minilm()
    made: list[Peer] = []
    for total, peer in peers(texts, model, settings.device):
        made.append(peer)
        watch.step(f"Ingested by {peer.name}", len(made), total)
    return made


def asked(home: Home, query: Query, others: Sequence[Peer] = ()) -> Result:
    """Put one question to a home whose documents are a set's, and to the peers."""
    begun = time.perf_counter()
    events = list(home.desk.ask(Question(query.text, NOBODY, turns=query.turns)))
    milliseconds = 1000 * (time.perf_counter() - begun)
    found = next((event for event in events if isinstance(event, Found)), Found(query.text, (), ""))
    _, context = home.desk.understood(query.text, query.turns, NOBODY.scope)
    words = f"{context} {found.question}".strip()
    by_peers = {peer.name: _timed(peer, words) for peer in others}
    finding = home.retriever.find(found.question, NOBODY.scope, passages_wanted(query.text), context=context)
    outcome = events[-1]
    searched = getattr(outcome, "timings_ms", {}).get("search", 0.0)
    phrasings = {}
    if query.turns and query.standalone:
        phrasings = {"last turn": _ranked(home, query.text), "in full": _ranked(home, query.standalone)}
    return Result(
        query,
        words,
        _ranked(home, found.question, context, searched),
        outcome,
        found.sources,
        tuple(passage.text for passage in finding.passages),
        finding.answerable,
        max((hit.cosine for hit in finding.hits), default=0.0),
        milliseconds,
        phrasings,
        by_peers,
    )


def _ranked(home: Home, question: str, context: str = "", milliseconds: float = 0.0) -> Ranked:
    """A document's place is that of its best chunk."""
    hits = home.retriever.search(question, NOBODY.scope, _DEPTH, context)
    documents = dict.fromkeys(hit.chunk.uri.removeprefix(f"{SOURCE}/") for hit in hits)
    return Ranked(tuple(documents), milliseconds)


def _timed(peer: Peer, question: str) -> Ranked:
    begun = time.perf_counter()
    documents = peer.search(question)
    return Ranked(tuple(documents), 1000 * (time.perf_counter() - begun))
