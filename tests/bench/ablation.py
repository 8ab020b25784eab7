"""What each part of finding and quoting is worth: everything, and everything but one part.

    python -m tests.bench.ablation SET [SET ...]

Prints nDCG@10 and recall@5 of the documents, the share of answerable questions whose supporting sentence was read and
was quoted, and the share of their quotes that are of it, each as dev | test half. The first table changes what happens
when a question is asked, the second what happens when a document is ingested; those ingest the set again.
"""

import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import app.desk
import app.quoting
import ingest.chunking
import retrieval.chunk
import retrieval.fusion
import retrieval.precedence
import retrieval.search
from app.bootstrap import Home
from app.desk import Desk
from app.evaluate import SOURCE, Evaluation, asked
from app.evaluation.attribution import holds
from app.evaluation.measures import Estimate, estimate
from app.evaluation.numbers import numbers_of
from app.evaluation.question_set import load_set
from app.events import Done
from app.quiet import share_processors, switch_off_telemetry
from app.quoting import _Scores
from app.settings import Settings
from ingest.corpus import Corpus
from ingest.report import NoProgress
from retrieval import words

_log = logging.getLogger(__name__)
_SHOWN = ("ndcg@10", "recall@5", "support_read", "support_quoted")
_HALVES = ("dev", "test")
_Change = tuple[Any, str, Any]  # where, the name, and what stands there instead

WHEN_ASKED: Mapping[str, _Change | None] = {
    "everything": None,
    "without late interaction": (retrieval.fusion, "INTERACTION_WEIGHT", 0.0),
    "its words weigh the same": (
        retrieval.search,
        "asked",
        lambda vector, found, _: words.asked(vector, found, [1.0] * len(found)),
    ),
    "without BM25": (retrieval.fusion, "LEXICAL_WEIGHT", 0.0),
    "without the prior for documents in force": (retrieval.precedence, "OUTDATED", 1.0),
    "follow-ups without the last answer": (app.desk, "context", lambda *_: ""),
    "follow-ups without the conversation": (Desk, "understood", lambda _self, text, _turns, _scope: (text, "")),
    "passages without their neighbours": (retrieval.search, "_READ_WHOLE", 0),
    "sentences without their headings": (_Scores, "around", lambda self, sentence, _header: self.within(sentence)),
    "sentences without their chunk's score": (app.quoting, "_CHUNK", 0.0),
    "no preference for numbers": (app.quoting, "_NUMBER", 0.0),
    "rows of tables beside the one that is named": (app.quoting, "_meant", lambda candidates, _: list(candidates)),
}
WHEN_INGESTED: Mapping[str, _Change] = {
    "without title and headings": (retrieval.chunk, "embedded_text", lambda _title, _headings, text: text),
    **{f"chunks of {size} tokens": (ingest.chunking, "CHUNK_TOKENS", size) for size in (64, 100, 150, 250)},
}


@contextmanager
def changed(change: _Change | None) -> Iterator[None]:
    """One part replaced, for as long as this lasts."""
    if change is None:
        yield
        return
    where, name, instead = change
    before = getattr(where, name)
    setattr(where, name, instead)
    try:
        yield
    finally:
        setattr(where, name, before)


def measure(set_dir: Path, folder: Path, ablations: Mapping[str, _Change | None]) -> Iterator[tuple[str, Evaluation]]:
    """Ingest once and ask everything once for each ablation."""
    texts, queries, qrels = load_set(set_dir)
    home = Home(Settings(home=folder, evidence=0.0))  # refuses nothing, so that quotes are seen for all
    _ = home.engine
    report = home.ingest_source(Corpus(SOURCE, texts), NoProgress())
    for name, change in ablations.items():
        with changed(change):
            results = tuple(asked(home, query) for query in queries)
        yield (
            name,
            Evaluation(set_dir.name, report.added, report.chunks_embedded, 0.0, {}, qrels, results, {}),
        )


def row(evaluation: Evaluation) -> str:
    """The shown numbers of both halves."""
    halves = numbers_of(evaluation).splits
    shown = [[_shown(halves[half].estimates[name]) for half in _HALVES if half in halves] for name in _SHOWN]
    shown.append([_shown(estimate(_supporting(evaluation, half))) for half in _HALVES if half in halves])
    return "   ".join(map(" | ".join, shown))


def _supporting(evaluation: Evaluation, half: str) -> list[bool]:
    """For each quote that answers an answerable question: is it, or does it hold, the supporting sentence?"""
    return [
        holds([citation.quote], one.query.support) or holds([one.query.support], citation.quote)
        for one in evaluation.results
        if one.query.split == half and one.query.answerable and one.query.support and isinstance(one.outcome, Done)
        for citation in one.outcome.citations
    ]


def _shown(found: Estimate | None) -> str:
    return f"{found.mean:.3f}" if found else "    -"


def main(*set_dirs: str) -> None:
    """Measure and print."""
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    _log.setLevel(logging.INFO)
    for set_dir in map(Path, set_dirs):
        _log.info("\n%-42s %s", set_dir.name, "   ".join(f"{name:^13}" for name in (*_SHOWN, "of quotes")))
        with tempfile.TemporaryDirectory() as folder:
            for name, evaluation in measure(set_dir, Path(folder) / "home", WHEN_ASKED):
                _log.info("%-42s %s", name, row(evaluation))
            for number, (name, change) in enumerate(WHEN_INGESTED.items()):
                with changed(change):
                    for _, evaluation in measure(set_dir, Path(folder) / str(number), {name: None}):
                        _log.info("%-42s %s", name, row(evaluation))


if __name__ == "__main__":
    main(*sys.argv[1:])
