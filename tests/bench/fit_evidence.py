"""Fit retrieval/evidence.json: when is there enough evidence to answer, and how relevant is a hit?

    python -m tests.bench.fit_evidence GENERAL_SET HR_SET [HR_SET ...]

Answerable are the questions that their set calls so, and all of GENERAL_SET (encyclopaedic questions). Not answerable
are those that their set calls so (near misses and absent topics), and questions asked to the other kind of documents.
Two logistic regressions (scikit-learn) on the dev halves: the nearest chunk's cosine to answerable, each group of
questions weighing the same, and a hit's score to "its document answers". Prints what each half of each group would be
refused at which threshold.
"""

import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from app.access import NOBODY
from app.bootstrap import Home
from app.evaluation.question_set import Query, load_set
from app.quiet import share_processors, switch_off_telemetry
from app.settings import Settings
from ingest.corpus import Corpus
from ingest.report import NoProgress
from retrieval.search import CANDIDATES

_log = logging.getLogger(__name__)
_HITS, _THRESHOLDS = 10, (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
_KINDS = {"near_miss", "absent_topic"}
_GENERAL_AT_MOST = 300  # questions, so that one large set does not take an hour
_TARGET = Path(__file__).parents[2] / "retrieval" / "evidence.json"


@dataclass(frozen=True, slots=True)
class Observed:
    """One question asked to one set of documents; `hits` are (score, whether its document answers)."""

    group: str
    is_dev: bool
    answerable: bool
    cosine: float
    hits: tuple[tuple[float, bool], ...]


class Library:
    """One set of documents, ingested, with its own questions."""

    def __init__(self, set_dir: Path, home: Path) -> None:
        texts, self.queries, self._qrels = load_set(set_dir)
        self.name = set_dir.name
        self._home = Home(Settings(home=home))
        _ = self._home.engine
        self._home.ingest_source(Corpus("set", texts), NoProgress())

    def observe(self, queries: Iterable[Query], group: str, answerable: bool | None = None) -> list[Observed]:
        """Ask these questions here; `answerable` overrides what their set says."""
        return [
            self._observe(query, group, bool(query.answerable if answerable is None else answerable))
            for query in queries
        ]

    def _observe(self, query: Query, group: str, answerable: bool) -> Observed:
        asked, context = self._home.desk.understood(query.text, query.turns, NOBODY.scope)
        hits = self._home.retriever.search(asked, NOBODY.scope, CANDIDATES, context)
        relevant = self._qrels.get(query.id, {})
        seen = tuple((hit.score, hit.chunk.uri.removeprefix("set/") in relevant) for hit in hits[:_HITS])
        kind = "answerable" if answerable else query.category if query.category in _KINDS else "not answerable"
        return Observed(f"{group}, {kind}", query.split == "dev", answerable, max(hit.cosine for hit in hits), seen)


def gather(general: Library, others: Iterable[Library]) -> list[Observed]:
    """Every question to its own documents, and to the other kind's."""
    some = general.queries[:: max(1, len(general.queries) // _GENERAL_AT_MOST)]
    found = general.observe(some, general.name, answerable=True)
    for library in others:
        found += library.observe(library.queries, library.name)
        found += library.observe(some[::2], f"{general.name} asked to {library.name}", answerable=False)
        foreign = [query for query in library.queries if query.answerable and not query.turns]
        found += general.observe(foreign, f"{library.name} asked to {general.name}", answerable=False)
    return found


def fit(observed: list[Observed]) -> dict[str, dict[str, float]]:
    """The coefficients, from the dev halves."""
    dev = [one for one in observed if one.is_dev]
    answers = LogisticRegression(C=10, max_iter=5000)
    answers.fit([(one.cosine,) for one in dev], [one.answerable for one in dev], sample_weight=_weights(dev))
    of_hits = LogisticRegression(max_iter=5000)
    scored = [hit for one in dev for hit in one.hits]
    of_hits.fit([(score,) for score, _ in scored], [relevant for _, relevant in scored])
    return {"answerable": _rounded(answers, "cosine"), "relevance": _rounded(of_hits, "score")}


def _rounded(model: LogisticRegression, name: str) -> dict[str, float]:
    return {name: round(float(model.coef_[0][0]), 4), "bias": round(float(model.intercept_[0]), 4)}


def _weights(observed: list[Observed]) -> NDArray[np.float64]:
    """Each group weighs the same within its class, both classes weigh the same."""
    sizes = Counter(one.group for one in observed)
    weights = np.array([1 / sizes[one.group] for one in observed])
    answerable = np.array([one.answerable for one in observed])
    for side in (answerable, ~answerable):
        weights[side] *= len(observed) / 2 / weights[side].sum()
    return weights


def log_refused(observed: list[Observed], coefficients: dict[str, float]) -> None:
    """Which share of each group would be refused at each threshold, in both halves."""
    _log.info("%-60s %s", "share refused at the threshold", "  ".join(f"{one:5}" for one in _THRESHOLDS))
    for group in dict.fromkeys(one.group for one in observed):
        for half in (True, False):
            some = np.array([one.cosine for one in observed if one.group == group and one.is_dev == half])
            sure = 1 / (1 + np.exp(-(coefficients["bias"] + coefficients["cosine"] * some)))
            shares = "  ".join(f"{(sure < threshold).mean():5.3f}" for threshold in _THRESHOLDS)
            _log.info("%-50s %-4s %4d  %s", group, "dev" if half else "test", len(some), shares)


def main(general: str, *others: str) -> None:
    """Observe, fit, write."""
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as folder:
        libraries = [Library(Path(name), Path(folder) / str(n)) for n, name in enumerate((general, *others))]
        observed = gather(libraries[0], libraries[1:])
    coefficients = fit(observed)
    log_refused(observed, coefficients["answerable"])
    _TARGET.write_text(json.dumps(coefficients, indent=2) + "\n")
    _log.info("%s", _TARGET.read_text())


if __name__ == "__main__":
    main(*sys.argv[1:])
