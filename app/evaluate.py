"""Measuring a set of questions through the normal pipeline, in a home that is thrown away.

A set is a folder with corpus.jsonl {id, title, text}, queries.jsonl {id, text, answerable?, history?, support?, ...}
and qrels.tsv (query id, document id, grade). Ranking measures come from ir-measures, at document level.
"""

import json
import re
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.access import NOBODY
from app.bootstrap import Home
from app.desk import Question
from app.events import AnswerEvent, Done, Refused
from app.settings import Settings
from ingest.corpus import Corpus, CorpusText
from ingest.report import Progress
from retrieval.errors import Unusable
from retrieval.rewrite import Turn, standalone

_DEPTH = 100  # chunks, so that twenty documents are among them
_SOURCE = "set"


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a set. `support` is the sentence that answers it, where the set tells."""

    id: str
    text: str
    answerable: bool | None
    turns: tuple[Turn, ...]
    support: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question: documents with scores, the last event, and how long it took in ms."""

    query: Query
    ranking: dict[str, float]
    outcome: AnswerEvent
    milliseconds: float


def evaluate(set_dir: Path, settings: Settings, progress: Progress) -> dict[str, Any]:
    """All numbers of one set.

    Raises:
        Unusable: the folder is no such set.
    """
    texts, queries, qrels = load_set(set_dir)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(settings.model_copy(update={"home": Path(folder), "ledger": ""}))
        report = home.ingest_source(Corpus(_SOURCE, texts), progress)
        if report.failed:
            missing = ", ".join(failure.uri for failure in report.failed[:3])
            if len(report.failed) == len(texts):
                raise Unusable(f"No text of {set_dir} could be read, {missing} for example")
        home.retriever.search("warm up", NOBODY.scope, 1)
        results = [_asked(home, query) for query in queries]
    numbers: dict[str, Any] = {
        "documents": report.added,
        "chunks": report.chunks_embedded,
        "queries": len(queries),
    }
    return numbers | _ranking(results, qrels) | _answers(results)


def load_set(set_dir: Path) -> tuple[list[CorpusText], list[Query], dict[str, dict[str, int]]]:
    """Texts, questions and judgements of a set."""
    try:
        texts = [CorpusText(row["id"], row.get("title", ""), row["text"]) for row in _rows(set_dir / "corpus.jsonl")]
        queries = [_query(row) for row in _rows(set_dir / "queries.jsonl")]
        qrels: dict[str, dict[str, int]] = {}
        for line in (set_dir / "qrels.tsv").read_text(encoding="utf-8").splitlines():
            query, document, grade = line.split("\t")
            qrels.setdefault(query, {})[document] = int(grade)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise Unusable(
            f"{set_dir} is no evaluation set: corpus.jsonl, queries.jsonl and qrels.tsv were expected ({exc!r})"
        ) from exc
    return texts, queries, qrels


def normalised(text: str) -> str:
    """Text as quotes are compared: without Markdown's marks, straight quotes, white space folded."""
    text = re.sub(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)", r"\1", text)
    text = text.replace("**", "").replace("\\", "").replace("`", "")
    text = re.sub(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", "", text)
    text = re.sub(r"[‘’]", "'", re.sub(r"[“”]", '"', text))
    cells = re.sub(r"\s*\|\s*", " | ", re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", text)).strip(" |")
    return re.sub(r"\s+", " ", cells).strip()


def _rows(file: Path) -> Iterable[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())


def _query(row: dict[str, Any]) -> Query:
    said = row.get("history") or []
    turns = tuple(
        Turn(asked["content"], answered["content"]) for asked, answered in zip(said[::2], said[1::2], strict=False)
    )
    answerable = row.get("answerable")
    return Query(row["id"], row["text"], answerable, turns, row.get("support") or "")


def _asked(home: Home, query: Query) -> Result:
    begun = time.perf_counter()
    *_, outcome = home.desk.ask(Question(query.text, NOBODY, turns=query.turns))
    milliseconds = 1000 * (time.perf_counter() - begun)
    ranking: dict[str, float] = {}
    for hit in home.retriever.search(standalone(query.text, query.turns), NOBODY.scope, _DEPTH):
        ranking.setdefault(hit.chunk.uri.removeprefix(f"{_SOURCE}/"), hit.score)
    return Result(query, ranking, outcome, milliseconds)


def _ranking(results: Sequence[Result], qrels: dict[str, dict[str, int]]) -> dict[str, float]:
    import ir_measures

    measures = {
        "ndcg@10": ir_measures.nDCG @ 10,
        "recall@5": ir_measures.R @ 5,
        "recall@20": ir_measures.R @ 20,
        "mrr@10": ir_measures.RR @ 10,
    }
    judged = {result.query.id: qrels[result.query.id] for result in results if result.query.id in qrels}
    # An empty ranking counts as nothing found, not as not asked.
    run = {result.query.id: result.ranking or {"": 0.0} for result in results if result.query.id in judged}
    found = ir_measures.calc_aggregate(list(measures.values()), judged, run)
    return {name: round(float(found[measure]), 4) for name, measure in measures.items()}


def _answers(results: Sequence[Result]) -> dict[str, Any]:
    times = sorted(result.milliseconds for result in results)
    latency = {"p50": _percentile(times, 0.5), "p95": _percentile(times, 0.95)}
    stated = [result for result in results if result.query.answerable is not None]
    if not stated:
        return {"latency_ms": latency}
    answerable = [result for result in stated if result.query.answerable]
    not_answerable = [result for result in stated if not result.query.answerable]
    supported = [result for result in answerable if result.query.support]
    return {
        "answered_answerable": _share([isinstance(one.outcome, Done) for one in answerable]),
        "support_quoted": _share([_quotes_support(one) for one in supported]),
        "refused_unanswerable": _share([isinstance(one.outcome, Refused) for one in not_answerable]),
        "refused_answerable": _share([isinstance(one.outcome, Refused) for one in answerable]),
        "latency_ms": latency,
    }


def _quotes_support(result: Result) -> bool:
    if not isinstance(result.outcome, Done):
        return False
    quoted = "\n".join(citation.quote for citation in result.outcome.citations)
    return normalised(result.query.support) in normalised(quoted)


def _share(values: Sequence[bool]) -> float:
    return round(statistics.fmean(values), 4) if values else 0.0


def _percentile(times: Sequence[float], share: float) -> float:
    return round(times[min(len(times) - 1, int(share * len(times)))], 1) if times else 0.0
