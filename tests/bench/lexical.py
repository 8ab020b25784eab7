"""Lexical engines beside each other at 100,000 chunks, in scopes: ours, FTS5 without the cut, tantivy and bm25s.

    python -m tests.bench.lexical [--chunks 100000] [--rounds 5]

All get the same stemmed terms, so that they differ in the engine alone. Prints seconds to build, size on disk, seconds
to replace 100 chunks, p50 and p95 of a search for 50 hits for each kind of question in each scope, and `agreement`: how
many of the ten best of FTS5 without the cut are among the engine's ten best.
"""

import argparse
import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import tantivy
from numpy.typing import NDArray

import retrieval.lexical
from retrieval.access import Scope
from retrieval.chunk import Chunk
from retrieval.lexical import LexicalIndex
from retrieval.terms import content_terms, terms
from tests.bench import vector_data
from tests.bench.lexical_texts import chunk_texts, questions

_log = logging.getLogger(__name__)
_K, _JUDGED, _QUESTIONS, _REPLACED = 50, 10, 40, 100
_EVERYTHING = ("half", "tenth", "hundredth", "thousandth", "rest")
_SCOPES = {"everything": _EVERYTHING, "10 %": ("tenth",), "0.1 %": ("thousandth",)}

Search = Callable[[str, frozenset[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Engine:
    """`search` gives ids of chunks, best first; `replace` takes places of chunks that come again."""

    name: str
    search: Search
    replace: Callable[[Sequence[int]], object]
    built_in: float
    size: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts (n) and the audience of each (n,)."""

    texts: list[str]
    audiences: NDArray[np.str_]

    def rows(self, places: Sequence[int]) -> dict[str, tuple[str, Chunk]]:
        """As our index takes them."""
        return {
            str(place): (str(self.audiences[place]), Chunk(str(place), "uri", "", (), self.texts[place]))
            for place in places
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    _log.setLevel(logging.INFO)
    corpus = Corpus(chunk_texts(options.chunks), vector_data.audiences(options.chunks))
    with tempfile.TemporaryDirectory() as folder:
        engines = [*_fts5(corpus, Path(folder)), _tantivy(corpus, Path(folder) / "tantivy"), _bm25s(corpus)]
        for engine in engines:
            begun = time.perf_counter()
            engine.replace(range(_REPLACED))
            replaced_in = time.perf_counter() - begun
            _log.info(
                "%-24s built in %6.1f s, %6.1f MB, %d chunks replaced in %6.2f s",
                engine.name, engine.built_in, engine.size / 1e6, _REPLACED, replaced_in,
            )  # fmt: skip
        for kind, asked in questions(_QUESTIONS).items():
            for scope, names in _SCOPES.items():
                _log.info("\n%s questions, scope %s", kind, scope)
                _compare(engines, asked, frozenset(f"group:{name}" for name in names), options.rounds)


def _compare(engines: list[Engine], asked: list[str], audiences: frozenset[str], rounds: int) -> None:
    exact = [_answered(engines[1], question, audiences) for question in asked]
    times: dict[str, list[list[float]]] = {engine.name: [] for engine in engines}
    for number in range(rounds + 1):
        for engine in engines:
            seconds = []
            for question in asked:
                begun = time.perf_counter()
                engine.search(question, audiences)
                seconds.append(1000 * (time.perf_counter() - begun))
            if number:  # the first round warms up
                times[engine.name].append(seconds)
    for engine in engines:
        medians = [statistics.median(one) for one in times[engine.name]]
        p95 = np.percentile(times[engine.name], 95)
        agreement = statistics.mean(
            len(right & _answered(engine, question, audiences)) / max(1, len(right))
            for question, right in zip(asked, exact, strict=True)
        )
        _log.info(
            "%-24s p50 %7.2f ms (%.2f to %.2f)   p95 %7.2f ms   agreement %.2f",
            engine.name, statistics.median(medians), min(medians), max(medians), p95, agreement,
        )  # fmt: skip


def _answered(engine: Engine, question: str, audiences: frozenset[str]) -> set[str]:
    return set(engine.search(question, audiences)[:_JUDGED])


def _fts5(corpus: Corpus, folder: Path) -> list[Engine]:
    file = folder / "lexical.sqlite"
    begun = time.perf_counter()
    LexicalIndex(file).apply(corpus.rows(range(len(corpus.texts))), [], 1)
    built_in = time.perf_counter() - begun
    size = file.stat().st_size
    found = []
    for name, common in (("Frontdesk (FTS5, cut)", retrieval.lexical._COMMON), ("FTS5 without the cut", 10**9)):
        copy = folder / f"{common}.sqlite"
        shutil.copy(file, copy)
        index = LexicalIndex(copy)

        def search(question: str, audiences: frozenset[str], index: Any = index, common: int = common) -> list[str]:
            before, retrieval.lexical._COMMON = retrieval.lexical._COMMON, common
            try:
                return [match.chunk_id for match in index.search(question, Scope(audiences), _K)]
            finally:
                retrieval.lexical._COMMON = before

        def replace(places: Sequence[int], index: Any = index) -> None:
            index.apply(corpus.rows(places), [], index.seq + 1)

        found.append(Engine(name, search, replace, built_in, size))
    return found


def _tantivy(corpus: Corpus, folder: Path) -> Engine:
    folder.mkdir()
    schema = (
        tantivy.SchemaBuilder()
        .add_text_field("id", stored=True, tokenizer_name="raw")
        .add_text_field("audience", tokenizer_name="raw", index_option="basic")
        .add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        .build()
    )
    begun = time.perf_counter()
    index = tantivy.Index(schema, str(folder))

    def write(places: Sequence[int]) -> None:
        writer = index.writer(100_000_000)
        for place in places:
            writer.delete_documents("id", str(place))
            text = " ".join(terms(corpus.texts[place]))
            writer.add_document(tantivy.Document(id=str(place), audience=str(corpus.audiences[place]), text=text))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()

    write(range(len(corpus.texts)))
    query, occur = tantivy.Query, tantivy.Occur

    def search(question: str, audiences: frozenset[str]) -> list[str]:
        wanted = [(occur.Should, query.term_query(schema, "text", term)) for term in content_terms(question)]
        clauses = [(occur.Must, query.boolean_query(wanted))]
        if len(audiences) < len(_EVERYTHING):
            allowed = query.term_set_query(schema, "audience", sorted(audiences))
            clauses.append((occur.Must, query.const_score_query(allowed, 0.0)))
        searcher = index.searcher()
        hits = searcher.search(query.boolean_query(clauses), _K).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    size = sum(file.stat().st_size for file in folder.iterdir())
    return Engine("tantivy", search, write, time.perf_counter() - begun, size)


def _bm25s(corpus: Corpus) -> Engine:
    """It has no change of single texts: replacing some is building again."""

    def build() -> Any:
        engine = bm25s.BM25(k1=1.2, b=0.75)
        engine.index([terms(text) for text in corpus.texts], show_progress=False)
        return engine

    begun = time.perf_counter()
    built = build()
    built_in = time.perf_counter() - begun
    masks: dict[frozenset[str], NDArray[np.float32] | None] = {}

    def search(question: str, audiences: frozenset[str]) -> list[str]:
        if audiences not in masks:
            everything = len(audiences) == len(_EVERYTHING)
            masks[audiences] = None if everything else np.isin(corpus.audiences, sorted(audiences)).astype(np.float32)
        places, scores = built.retrieve(
            [content_terms(question)], k=_K, show_progress=False, weight_mask=masks[audiences]
        )
        return [str(place) for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    with tempfile.TemporaryDirectory() as folder:
        built.save(folder)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    return Engine("bm25s", search, lambda _: build(), built_in, size)


if __name__ == "__main__":
    main()
