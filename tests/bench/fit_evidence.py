"""Fit retrieval/evidence.json: when is there enough evidence to answer, and how relevant is a hit?

    python -m tests.bench.fit_evidence GENERAL_SET HR_SET [HR_SET ...]

Answerable are the questions that their set calls so, and all of GENERAL_SET (encyclopaedic questions). Not answerable
are those that their set calls so (near misses), and questions asked to the other kind of documents (absent topics).
Two logistic regressions (scikit-learn): features of a question to answerable, each group of questions weighing the
same, and fused score of a hit to "its document answers". Prints the error rates of each group by the threshold, each
question judged by a model that has not seen it (five folds).
"""

import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from app.access import NOBODY
from app.bootstrap import Home
from app.evaluation.question_set import Query, load_set
from app.quiet import share_processors, switch_off_telemetry
from app.settings import Settings
from ingest.corpus import Corpus
from ingest.report import NoProgress
from retrieval.budget import passages_wanted
from retrieval.evidence import Features
from retrieval.rewrite import standalone

_log = logging.getLogger(__name__)
_HITS, _FOLDS, _THRESHOLDS = 10, 5, (0.2, 0.3, 0.4, 0.5)
_GENERAL_AT_MOST = 300  # questions, so that one large set does not take an hour
_TARGET = Path(__file__).parents[2] / "retrieval" / "evidence.json"


@dataclass(frozen=True, slots=True)
class Observed:
    """One question asked to one set of documents; `hits` are (score, whether its document answers)."""

    group: str
    answerable: bool
    features: tuple[float, ...]
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
        asked = standalone(query.text, query.turns)
        finding = self._home.retriever.find(asked, NOBODY.scope, passages_wanted(query.text))
        relevant = self._qrels.get(query.id, {})
        hits = tuple((hit.score, hit.chunk.uri.removeprefix("set/") in relevant) for hit in finding.hits[:_HITS])
        return Observed(
            f"{group}, {'' if answerable else 'not '}answerable", answerable, astuple(finding.features), hits
        )


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
    """The coefficients; logs the error rates."""
    features = np.array([one.features for one in observed])
    answerable = np.array([one.answerable for one in observed])
    weights = _weights(observed)
    model = LogisticRegression(C=10, max_iter=5000)
    held_out = np.zeros(len(observed))
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(features, answerable):
        model.fit(features[seen], answerable[seen], sample_weight=weights[seen])
        held_out[unseen] = model.predict_proba(features[unseen])[:, 1]
    _log_refused(observed, held_out)
    model.fit(features, answerable, sample_weight=weights)
    scores = [(score,) for one in observed for score, _ in one.hits]
    of_hits = LogisticRegression(max_iter=5000).fit(scores, [relevant for one in observed for _, relevant in one.hits])
    names = [*Features.__dataclass_fields__, "bias"]
    values = [*model.coef_[0], *model.intercept_]
    return {
        "answerable": {name: round(float(value), 4) for name, value in zip(names, values, strict=True)},
        "relevance": {"score": round(float(of_hits.coef_[0][0]), 4), "bias": round(float(of_hits.intercept_[0]), 4)},
    }


def _weights(observed: list[Observed]) -> NDArray[np.float64]:
    """Each group weighs the same within its class, both classes weigh the same."""
    sizes = Counter(one.group for one in observed)
    weights = np.array([1 / sizes[one.group] for one in observed])
    answerable = np.array([one.answerable for one in observed])
    for side in (answerable, ~answerable):
        weights[side] *= len(observed) / 2 / weights[side].sum()
    return weights


def _log_refused(observed: list[Observed], held_out: NDArray[np.float64]) -> None:
    _log.info("share refused at the threshold      %s", "  ".join(f"{threshold:5}" for threshold in _THRESHOLDS))
    for group in dict.fromkeys(one.group for one in observed):
        chosen = held_out[[one.group == group for one in observed]]
        shares = "  ".join(f"{(chosen < threshold).mean():5.3f}" for threshold in _THRESHOLDS)
        _log.info("%-45s %4d  %s", group, len(chosen), shares)


def main(general: str, *others: str) -> None:
    """Observe, fit, write."""
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as folder:
        libraries = [Library(Path(name), Path(folder) / str(n)) for n, name in enumerate((general, *others))]
        observed = gather(libraries[0], libraries[1:])
    coefficients = fit(observed)
    _TARGET.write_text(json.dumps(coefficients, indent=2) + "\n")
    _log.info("%s", _TARGET.read_text())


if __name__ == "__main__":
    main(*sys.argv[1:])
