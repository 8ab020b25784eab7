"""How fast and how well the dense index searches, beside plain FAISS and Milvus Lite: targets P5 and P6.

    python -m tests.bench.vectors [--rows 100000 1000000] [--cache FOLDER] [--rounds 5]

200 questions, 50 hits each, one question at a time, engine after engine in every round; p50 of each round, median of
the rounds with minimum and maximum, and the processor time of all threads. Recall is of the ten best by exact search.
What is built is kept in the cache folder: a million rows take a quarter of an hour the first time.
"""

import argparse
import importlib
import importlib.util
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from app.bootstrap import Home
from app.quiet import share_processors, switch_off_telemetry
from app.settings import Settings
from retrieval.access import Scope
from retrieval.embedder import Vectors
from retrieval.faiss_index import FaissIndex
from retrieval.index import Row
from tests.bench import vector_data

_log = logging.getLogger(__name__)
_K, _JUDGED, _QUESTIONS = 50, 10, 200
_LONGEST = 3.0  # seconds that one engine takes in one round: slow ones get fewer questions
_MILVUS_ROWS = 100_000
_EVERYTHING = ("half", "tenth", "hundredth", "thousandth", "rest")
_SCOPES = {"0 %": _EVERYTHING, "50 %": ("half",), "90 %": ("tenth",), "99 %": ("hundredth",), "99.9 %": ("thousandth",)}

Search = Callable[[Vectors], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Data:
    """One size of index. `audiences` (n,) are without their prefix `group:`."""

    vectors: Vectors
    audiences: NDArray[np.str_]
    questions: Vectors

    def allowed(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each row (n,) is of one of these audiences."""
        return np.isin(self.audiences, [f"group:{name}" for name in names])


@dataclass(frozen=True, slots=True)
class Engine:
    """`inside` gives the search of a scope; `size` is what it keeps, as a multiple of the vectors."""

    name: str
    inside: Callable[[Sequence[str]], Search]
    built_in: float
    size: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: seconds by the clock, seconds of all threads, and recall."""

    clock: float
    processor: float
    recall: float


@dataclass(slots=True)
class Measured:
    """p50 in ms of each round, by the clock and of the processors, and recall."""

    rounds: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    recall: float = 0.0

    def __str__(self) -> str:
        clock = f"{statistics.median(self.rounds):8.2f} ms ({min(self.rounds):.2f} to {max(self.rounds):.2f})"
        return f"{clock:30} processor {statistics.median(self.worked):8.2f} ms   recall {self.recall:.3f}"


def main() -> None:
    """Measure and print."""
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    _log.setLevel(logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "frontdesk-bench-vectors")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        real, held_back = vector_data.seeds(Home(Settings(home=Path(folder))).embedder, options.cache)
    questions = vector_data.asked(held_back, _QUESTIONS)
    for rows in options.rows:
        data = Data(vector_data.grown(real, rows), vector_data.audiences(rows), questions)
        folder_of_rows = options.cache / str(rows)
        folder_of_rows.mkdir(exist_ok=True)
        _report(rows, engines(data, folder_of_rows), data, options.rounds)


def engines(data: Data, cache: Path) -> list[Engine]:
    """Ours first."""
    count, dim = data.vectors.shape
    lists = int(4 * count**0.5)
    hnsw = faiss.IndexHNSWFlat(dim, 16, faiss.METRIC_INNER_PRODUCT)
    hnsw.hnsw.efConstruction = 100
    found = [
        *_ours(data, cache / "ours"),
        _plain("FAISS IndexFlatIP", faiss.IndexFlatIP(dim), data, cache, faiss.SearchParameters),
        _plain("FAISS HNSW M 16, ef 64", hnsw, data, cache, faiss.SearchParametersHNSW, efSearch=64),  # type: ignore[attr-defined]
        _plain(
            "FAISS IVFFlat, nprobe 32",
            faiss.IndexIVFFlat(faiss.IndexFlatIP(dim), dim, lists, faiss.METRIC_INNER_PRODUCT),
            data,
            cache,
            faiss.SearchParametersIVF,
            nprobe=32,
        ),
    ]
    return found + _milvus(data, cache / "milvus.db")


def _ours(data: Data, home: Path) -> list[Engine]:
    """Through the seam; a second time with a scope that was never asked before, at each question."""
    begun = time.perf_counter()
    index = FaissIndex(home, "bench", data.vectors.shape[1])
    _log.info("ours: opened in %.2f s", time.perf_counter() - begun)
    begun = time.perf_counter()
    if index.seq == 0:
        pairs = zip(data.audiences, data.vectors, strict=True)
        index.apply([Row(f"{place:032d}", str(name), vector) for place, (name, vector) in enumerate(pairs)], [], 1)
        index.save()
    built_in = time.perf_counter() - begun
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) / data.vectors.nbytes

    def inside(names: Sequence[str], *, new: bool = False) -> Search:
        audiences = {f"group:{name}" for name in names}
        scope, numbers = Scope(frozenset(audiences)), iter(range(10**9))

        def search(vector: Vectors) -> list[int]:
            asked = Scope(frozenset({*audiences, f"group:{next(numbers)}"})) if new else scope
            return [int(near.chunk_id) for near in index.search(vector, asked, _K)]

        return search

    return [
        Engine("Frontdesk", inside, built_in, size),
        Engine("Frontdesk, a new scope each time", lambda names: inside(names, new=True), built_in, size),
    ]


def _plain(name: str, index: Any, data: Data, cache: Path, parameters: Any, **options: int) -> Engine:
    file = cache / f"{type(index).__name__}.faiss"
    begun = time.perf_counter()
    if file.exists():
        index = faiss.read_index(str(file))
    else:
        index.train(data.vectors)
        index.add(data.vectors)
    built_in = time.perf_counter() - begun
    if not file.exists():
        faiss.write_index(index, str(file))

    def inside(names: Sequence[str]) -> Search:
        bits = np.packbits(data.allowed(names), bitorder="little")
        selector = {} if names == _EVERYTHING else {"sel": faiss.IDSelectorBitmap(bits)}  # type: ignore[call-arg, arg-type]
        chosen = parameters(**selector, **options)

        def search(vector: Vectors) -> list[int]:
            return list(index.search(vector[None, :], _K, params=chosen)[1][0].tolist())

        return search

    return Engine(name, inside, built_in, file.stat().st_size / data.vectors.nbytes)


def _milvus(data: Data, file: Path) -> list[Engine]:
    if importlib.util.find_spec("pymilvus") is None:
        _log.info("Milvus Lite: not measured, pymilvus is not installed")
        return []
    if len(data.vectors) > _MILVUS_ROWS:
        return []
    pymilvus = importlib.import_module("pymilvus")
    client, types = pymilvus.MilvusClient(str(file)), pymilvus.DataType
    begun = time.perf_counter()
    if not client.has_collection("chunks"):
        schema = client.create_schema(auto_id=False)
        schema.add_field("id", types.INT64, is_primary=True)
        schema.add_field("audience", types.VARCHAR, max_length=100)
        schema.add_field("vector", types.FLOAT_VECTOR, dim=data.vectors.shape[1])
        how = client.prepare_index_params()
        how.add_index("vector", index_type="FLAT", metric_type="COSINE")
        client.create_collection("chunks", schema=schema, index_params=how)
        for start in range(0, len(data.vectors), 1_000):
            block = zip(data.audiences[start : start + 1_000], data.vectors[start : start + 1_000], strict=True)
            rows = [
                {"id": start + place, "audience": str(name), "vector": vector}
                for place, (name, vector) in enumerate(block)
            ]
            client.insert("chunks", rows)
    client.load_collection("chunks")
    built_in = time.perf_counter() - begun

    def inside(names: Sequence[str]) -> Search:
        listed = ", ".join(f'"group:{name}"' for name in names)
        only = "" if names == _EVERYTHING else f"audience in [{listed}]"

        def search(vector: Vectors) -> list[int]:
            (hits,) = client.search("chunks", data=[vector.tolist()], limit=_K, filter=only)
            return [int(hit["id"]) for hit in hits]

        return search

    size = sum(part.stat().st_size for part in [file, *file.rglob("*")] if part.is_file()) / data.vectors.nbytes
    return [Engine("Milvus Lite, FLAT", inside, built_in, size)]


def _report(rows: int, measured: list[Engine], data: Data, rounds: int) -> None:
    _log.info("\n%d rows, %d dimensions, k %d", rows, data.vectors.shape[1], _K)
    for engine in measured:
        _log.info("%-34s built in %6.1f s (0 if from the cache), %.2fx the vectors", *_facts(engine))
    for excluded, names in _SCOPES.items():
        _log.info("\nscope that excludes %s", excluded)
        for engine, result in zip(measured, _measured(measured, names, data, rounds), strict=True):
            _log.info("%-34s %s", engine.name, result)


def _facts(engine: Engine) -> tuple[str, float, float]:
    return engine.name, engine.built_in, engine.size


def _measured(measured: list[Engine], names: Sequence[str], data: Data, rounds: int) -> list[Measured]:
    searches = [engine.inside(names) for engine in measured]
    results = [Measured() for _ in measured]
    allowed = np.flatnonzero(data.allowed(names))
    best = faiss.knn(data.questions, data.vectors[allowed], _JUDGED, metric=faiss.METRIC_INNER_PRODUCT)[1]
    for number in range(rounds + 1):
        for search, result in zip(searches, results, strict=True):
            asked = _round(search, data.questions, allowed[best])
            if number:  # the first round warms up
                result.rounds.append(1000 * statistics.median(one.clock for one in asked))
                result.worked.append(1000 * statistics.median(one.processor for one in asked))
            result.recall = statistics.mean(one.recall for one in asked)
    return results


def _round(search: Search, questions: Vectors, best: NDArray[np.intp]) -> list[Asked]:
    asked: list[Asked] = []
    for question, right in zip(questions, best, strict=True):
        begun, worked = time.perf_counter(), time.process_time()
        found = search(question)
        clock, processor = time.perf_counter() - begun, time.process_time() - worked
        asked.append(Asked(clock, processor, len({*found[:_JUDGED]} & {*right.tolist()}) / len(right)))
        if sum(one.clock for one in asked) > _LONGEST and len(asked) >= 10:
            break
    return asked


if __name__ == "__main__":
    main()
