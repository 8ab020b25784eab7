"""Embedding on a processor, ours beside sentence-transformers' usual way: many passages, and one question.

    python -m tests.bench.embedding [--texts 500] [--repeats 5]

The peer is `SentenceTransformer.encode` with torch in float32 and its default batches of 32, on the same texts with the
same weights; the ways take turns. Prints medians with least and most; ratios are taken round by round.
"""

import argparse
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from app.quiet import switch_off_telemetry
from retrieval.embedder import Embedder
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.openvino_embedder import OpenVinoEmbedder
from retrieval.openvino_export import exported
from retrieval.reading import unit
from retrieval.sentence_embedder import SentenceEmbedder, load
from tests.bench.staff_texts import staff_texts
from tests.bench.timing import interleaved, spread

_log = logging.getLogger(__name__)
_QUESTIONS = 40
_PEER = "sentence-transformers, float32"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    switch_off_telemetry()
    logging.basicConfig(format="%(message)s")
    _log.setLevel(logging.INFO)
    model = EmbeddingModel(installed_minilm())
    theirs = load(model, "cpu")
    with tempfile.TemporaryDirectory() as cache:
        ours: list[Embedder] = [OpenVinoEmbedder(model, exported(model, Path(cache))), SentenceEmbedder(model, "cpu")]
        _many_passages(ours, theirs, staff_texts(arguments.texts), arguments.repeats)
        _one_question(ours, theirs, staff_texts(_QUESTIONS, seed=2, longest=20), arguments.repeats)


def _many_passages(ours: Sequence[Embedder], theirs: Any, texts: list[str], repeats: int) -> None:
    ways: dict[str, Callable[[], object]] = {_PEER: lambda: theirs.encode(texts, show_progress_bar=False)}
    ways |= {embedder.runtime: partial(embedder.passages, texts) for embedder in ours}
    ways["the first of ours, words too"] = partial(ours[0].read, texts)  # as documents are ingested
    found = interleaved(ways, repeats)
    tokens = ours[1].tokens_read / (repeats + 1)
    _log.info("%d passages of %.0f tokens on average, %d rounds", len(texts), tokens / len(texts), repeats)
    for name, times in found.items():
        faster = times.times_as_fast_as(found[_PEER])
        rates = (times.rate(len(texts)), times.rate(tokens))
        _log.info("%-34s passages/s %s, tokens/s %s, times as fast %s", name, *rates, faster)
    exact = unit(theirs.encode(texts, show_progress_bar=False))
    for embedder in ours:
        cosines = (embedder.passages(texts) * exact).sum(axis=1)
        _log.info("%-34s cosine to float32: mean %.5f, min %.5f", embedder.runtime, cosines.mean(), cosines.min())


def _one_question(ours: Sequence[Embedder], theirs: Any, questions: list[str], repeats: int) -> None:
    """All questions one after another in each round: torch's threads spin for a while after each call of the peer."""
    asks: dict[str, Callable[[str], object]] = {_PEER: lambda text: theirs.encode([text], show_progress_bar=False)}
    asks |= {embedder.runtime: embedder.query for embedder in ours}
    seconds: dict[str, list[float]] = {name: [] for name in asks}
    interleaved({name: partial(_each, ask, questions, seconds[name]) for name, ask in asks.items()}, repeats)
    _log.info("one question: %d of them in each of %d rounds", len(questions), repeats)
    peer = statistics.median(seconds[_PEER][len(questions) :])
    for name, measured in seconds.items():
        warm = [1000 * one for one in measured[len(questions) :]]  # without the round that warms up
        share = statistics.median(warm) / peer / 1000
        _log.info("%-34s milliseconds %s, share of the peer's median %.2f", name, spread(warm), share)


def _each(ask: Callable[[str], object], questions: Sequence[str], seconds: list[float]) -> None:
    for question in questions:
        begun = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - begun)


if __name__ == "__main__":
    main()
