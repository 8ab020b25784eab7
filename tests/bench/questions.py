"""How long a question takes with the quoting answerer: to the first token, and to the end.

    python -m tests.bench.questions [--filler 100000] [--compare]

Asks the sample company's evaluation questions five times after a warm-up, with a retriever that remembers nothing for
each round, so that no question is helped by an earlier round. `--filler` puts so many further chunks of made-up text
beside the sample company's: their vectors and words are those of a few hundred that are really embedded, turned a
little. `--compare` asks LangChain's recipe with the same parts the same questions in every round (extra `bench`).
Prints percentiles over all rounds, with the least and the most of the rounds' medians.
"""

import argparse
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.access import NOBODY
from app.bootstrap import DATA, Home
from app.desk import Desk
from app.evaluation.question_set import Query, load_set
from app.events import Token
from app.question import Question
from app.quiet import share_processors, switch_off_telemetry
from app.quoting import QuotingAnswerer
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.embedder import Embedder
from retrieval.reading import Reading, unit
from retrieval.search import Retriever
from tests.bench.lexical_texts import chunk_texts
from tests.stored import store

_log = logging.getLogger(__name__)
_ROUNDS = 5
Way = Callable[[Sequence[Query]], list[tuple[float, float]]]  # milliseconds to the first token and to the end
_REALLY_READ, _TURNED = 500, 0.3
_OF_A_DOCUMENT = 20  # chunks


class Filler:
    """Reads made-up texts as the embedder read a few hundred of them."""

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        self.id = embedder.id
        self._read = embedder.read(texts[:_REALLY_READ])
        self._dice = np.random.default_rng(1)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One of those, turned at random."""
        like = [self._read[place] for place in self._dice.integers(len(self._read), size=len(texts))]
        noise = self._dice.normal(size=(len(texts), len(like[0].vector)))
        vectors = np.stack([one.vector for one in like]) + _TURNED * noise / np.linalg.norm(noise, axis=1)[:, None]
        return [replace(one, vector=vector) for one, vector in zip(like, unit(vectors), strict=True)]


def fill(home: Home, chunks: int) -> None:
    """Put so many chunks of made-up text beside what is there."""
    texts = chunk_texts(chunks)
    filler = Filler(home.embedder, texts)
    for start in range(0, chunks, _OF_A_DOCUMENT):
        store(home.engine, filler, f"filler/{start}.md", *texts[start : start + _OF_A_DOCUMENT])  # type: ignore[arg-type]
    home.indexes.save()


def asked(desk: Desk, query: Query) -> tuple[float, float]:
    """Milliseconds to the first token (or to the refusal, which has none) and to the end."""
    begun = time.perf_counter()
    first = 0.0
    for event in desk.ask(Question(query.text, NOBODY, turns=query.turns)):
        if isinstance(event, Token) and not first:
            first = time.perf_counter()
    ended = time.perf_counter()
    return 1000 * ((first or ended) - begun), 1000 * (ended - begun)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--filler", type=int, default=0)
    arguments.add_argument("--compare", action="store_true")
    options = arguments.parse_args()
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    _log.setLevel(logging.INFO)
    _, queries, _ = load_set(DATA / "eval")
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Settings(home=Path(folder)))
        home.ingest(DATA / "company", "everyone", NoProgress())
        if options.filler:
            fill(home, options.filler)
        ways: dict[str, Way] = {"Frontdesk": partial(_ours, home)}
        if options.compare:
            from tests.bench.langchain_quotes import quotes

            ways["LangChain, the same parts"] = partial(_theirs, quotes(home))
        _log.info("%d questions, %d further chunks, %d rounds", len(queries), options.filler, _ROUNDS)
        measured: dict[str, list[list[tuple[float, float]]]] = {name: [] for name in ways}
        for number in range(_ROUNDS + 1):
            for name, way in ways.items():
                times = way(queries)
                if number:  # the first round warms up
                    measured[name].append(times)
    for name, rounds in measured.items():
        _report(name, np.array(rounds))


def _ours(home: Home, queries: Sequence[Query]) -> list[tuple[float, float]]:
    retriever = Retriever(home.engine, home.embedder, home.indexes)  # remembers no question
    desk = replace(home.desk, retriever=retriever, answerers={"quoting": QuotingAnswerer(retriever)})
    return [asked(desk, query) for query in queries]


def _theirs(quotes: Callable[[str], list[str]], queries: Sequence[Query]) -> list[tuple[float, float]]:
    """Nothing is streamed: the first token comes at the end."""
    times = []
    for query in queries:
        begun = time.perf_counter()
        quotes(query.text)
        times.append((1000 * (time.perf_counter() - begun),) * 2)
    return times


def _report(name: str, measured: NDArray[np.float64]) -> None:
    """Of times (rounds, questions, 2)."""
    for place, what in enumerate(("to the first token", "to the end")):
        of_rounds = np.median(measured[:, :, place], axis=1)
        p50, p95, p99 = np.percentile(measured[:, :, place], (50, 95, 99))
        _log.info(
            "%-26s %-19s p50 %6.1f ms (rounds %.1f to %.1f), p95 %6.1f ms, p99 %6.1f ms",
            name, what, p50, of_rounds.min(), of_rounds.max(), p95, p99,
        )  # fmt: skip


if __name__ == "__main__":
    main()
