"""Whether people ask about what the documents are about: the population stability index over groups of embeddings.

The index is the sum over the groups of (asked - written) * ln(asked / written), shares of questions and of chunks (the
symmetric Kullback-Leibler divergence of credit scoring; Siddiqi, Credit Risk Scorecards, 2006, chapter 12). There one
reads below 0.1 as stable and above 0.25 as shifted; questions and documents are never as alike as two samples of
applicants, so what counts here is how it moves from period to period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, select

from app.insights.activity import midnight
from app.tables import messages
from retrieval.embedder import Embedder, Vectors
from retrieval.ledger import lookup
from retrieval.ledger.engine import reading

GROUPS = 10
FEWEST = 30  # questions; fewer say nothing about ten groups
_QUESTIONS, _CHUNKS = 500, 5_000
_HALF_A_QUESTION = 0.5  # added to each count, so that an empty group is no infinity


@dataclass(frozen=True, slots=True)
class Drift:
    """The index of a period's questions against the documents, and of the period of equal length before it.

    None where fewer than FEWEST questions were kept.
    """

    now: float | None
    before: float | None


def drift(engine: Engine, embedder: Embedder, first: date, last: date) -> Drift:
    """Compare the questions of both periods with the documents' chunks; embeds up to 500 questions of each."""
    chunks = lookup.sampled_vectors(engine, _CHUNKS)
    length = (last - first) + timedelta(days=1)
    periods = ((first, last), (first - length, last - length))
    texts = [_questions(engine, *period) for period in periods]
    if len(chunks) < GROUPS or max(map(len, texts)) < FEWEST:
        return Drift(None, None)
    means = _means(chunks)
    written = _counts(chunks, means)
    now, before = (
        psi(written, _counts(np.stack([embedder.query(text) for text in asked]), means))
        if len(asked) >= FEWEST
        else None
        for asked in texts
    )
    return Drift(now, before)


def psi(expected: NDArray[np.int64], actual: NDArray[np.int64]) -> float:
    """The population stability index of two counts over the same groups (g,); 0 for equal shares."""
    wanted, found = (
        (counts + _HALF_A_QUESTION) / (counts.sum() + _HALF_A_QUESTION * len(counts)) for counts in (expected, actual)
    )
    return float(np.sum((found - wanted) * np.log(found / wanted)))


def _questions(engine: Engine, first: date, last: date) -> Sequence[str]:
    begin, end = midnight(first), midnight(last + timedelta(days=1))
    asked = (messages.c.role == "user") & (messages.c.created_at >= begin) & (messages.c.created_at < end)
    with reading(engine) as connection:
        query = select(messages.c.parts).where(asked).order_by(messages.c.created_at.desc()).limit(_QUESTIONS)
        texts = {"".join(part["text"] for part in parts): None for parts in connection.execute(query).scalars()}
    return [text for text in texts if text.strip()]


def _means(vectors: Vectors) -> Vectors:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(GROUPS, n_init=1, random_state=0).fit(vectors).cluster_centers_, dtype=np.float32)


def _counts(vectors: Vectors, means: Vectors) -> NDArray[np.int64]:
    """How many of the vectors (n, dim) are nearest to each of the means (g, dim)."""
    nearest = np.argmax(vectors @ means.T - np.square(means).sum(axis=1) / 2, axis=1)
    return np.bincount(nearest, minlength=len(means))
