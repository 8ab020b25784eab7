"""How long a folder of Markdown pages takes to become searchable, beside LangChain and LlamaIndex: targets P3 and P4.

    python -m tests.bench.ingestion [--pages 1000] [--rounds 3] [--torch]

Every round starts each way with nothing but the pages; ways that know what has changed then run again, first with
nothing changed, then with a new section in 1 % of the pages. Loading models and importing packages counts for nobody;
our reading process and all writing to disk count for us. `--torch` adds ours without the faster embedding runtime.
LlamaIndex' default chunks are four times as long as what this model reads, so three quarters of its text are not
embedded; its smaller chunks are. Each way is then asked for paragraphs of random pages: how many of the pages are among
the ten nearest chunks stands beside its time.
Prints every run as it ends, then medians with least and most; ratios are taken round by round. Needs the extra `bench`.
"""

import argparse
import logging
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from app.bootstrap import Home
from app.evaluation.peers import SentenceTransformersEncoder
from app.quiet import switch_off_telemetry
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.access import EVERYONE, PUBLIC
from retrieval.embedder import Embedder
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.sentence_embedder import SentenceEmbedder
from tests.bench.ingestion_pages import change_pages, write_pages
from tests.bench.ingestion_peers import LangChain, LangChainIndexing, LlamaIndex, faiss, milvus_lite
from tests.bench.timing import Times, spread

_log = logging.getLogger(__name__)
_OURS, _OURS_WITH_TORCH, _INDEXING = "Frontdesk", "Frontdesk with torch", "LangChain, indexing API"
_KNOWING = (_OURS, _OURS_WITH_TORCH, _INDEXING)  # ways that know what has changed
_CHANGED = 0.01
_ASKED, _NEAREST = 10, 10  # pages whose paragraphs are asked for, and hits in which each is looked for
_WARM_UP = 3  # pages


class Way(Protocol):
    """One way to make a folder of pages searchable, with an empty store and its model loaded."""

    def ingest(self) -> int:
        """Bring the store up to date; gives the number of chunks embedded."""
        ...

    def find(self, text: str, k: int) -> list[str]:
        """Names of the pages of the k nearest chunks."""
        ...


class Frontdesk:
    """A fresh home, ingesting as the command line does."""

    def __init__(self, embedder: Embedder, pages: Path, home: Path) -> None:
        self._home = Home(Settings(home=home))
        self._home.__dict__["embedder"] = embedder
        self._pages = pages

    def ingest(self) -> int:
        """Only what has changed."""
        report = self._home.ingest(self._pages, EVERYONE, NoProgress())
        assert not report.failed, report.failed
        return report.chunks_embedded

    def find(self, text: str, k: int) -> list[str]:
        """As for a question."""
        return [Path(hit.chunk.uri).name for hit in self._home.retriever.search(text, PUBLIC, k)]


@dataclass(frozen=True, slots=True)
class Run:
    """Wall seconds, the number of chunks embedded, and how many of the pages asked for were found."""

    seconds: float
    chunks: int
    found: int = 0


Start = Callable[[Path, Path], Way]  # pages and an empty folder to keep things in
Round = list[Run]  # cold; and where the way knows what has changed: with nothing changed, with some pages changed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--torch", action="store_true")
    options = parser.parse_args()
    switch_off_telemetry()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    logging.getLogger("grpc").setLevel(logging.CRITICAL)  # Milvus Lite tells of calls that it does not know
    _log.setLevel(logging.INFO)
    ways = _ways(with_torch=options.torch)
    for start in ways.values():  # the first time loads models and packages
        _one_round(start, _WARM_UP, knows=False)
    measured: dict[str, list[Round]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, start in ways.items():
            measured[name].append(_one_round(start, options.pages, knows=name in _KNOWING))
            _log.info("%-26s %s", name, measured[name][-1])
    _log.info("%d pages, %d rounds", options.pages, options.rounds)
    _report_cold(measured)
    for name in ways:
        if name in _KNOWING:
            _report_again(name, measured[name])


def _ways(*, with_torch: bool) -> dict[str, Start]:
    folder = installed_minilm()
    encoder = SentenceTransformersEncoder(folder, "auto")
    with tempfile.TemporaryDirectory() as home:
        fast = Home(Settings(home=Path(home))).embedder
    ways: dict[str, Start] = {_OURS: partial(Frontdesk, fast)}
    if with_torch:
        ways[_OURS_WITH_TORCH] = partial(Frontdesk, SentenceEmbedder(EmbeddingModel(folder), "cpu"))
    return ways | {
        "LangChain, FAISS": partial(LangChain, encoder, faiss),
        "LangChain, Milvus Lite": partial(LangChain, encoder, milvus_lite),
        _INDEXING: partial(LangChainIndexing, encoder),
        "LlamaIndex": partial(LlamaIndex, encoder, 1024, 200),
        "LlamaIndex, smaller chunks": partial(LlamaIndex, encoder, 256, 50),
    }


def _one_round(start: Start, pages: int, *, knows: bool) -> Round:
    with tempfile.TemporaryDirectory() as folder:
        written, home = Path(folder, "pages"), Path(folder, "home")
        home.mkdir()
        paragraphs = write_pages(written, pages)
        way = start(written, home)
        runs = [_looked_for(_timed(way), paragraphs, way)]
        if knows:
            runs.append(_timed(way))
            added = change_pages(written, _CHANGED)
            runs.append(_looked_for(_timed(way), added, way))
        return runs


def _timed(way: Way) -> Run:
    begun = time.perf_counter()
    chunks = way.ingest()
    return Run(time.perf_counter() - begun, chunks)


def _looked_for(run: Run, paragraphs: Mapping[str, str], way: Way) -> Run:
    """The run with how many of some random pages are found by a paragraph of theirs."""
    asked = random.Random(1).sample(sorted(paragraphs.items()), min(_ASKED, len(paragraphs)))
    found = sum(page in way.find(paragraph, _NEAREST) for page, paragraph in asked)
    if isinstance(way, Frontdesk) and 2 * found <= len(asked):
        raise RuntimeError(f"Not searchable: {found} of {len(asked)} pages were found by a paragraph of theirs")
    return replace(run, found=found)


def _report_cold(measured: Mapping[str, Sequence[Round]]) -> None:
    times = {name: Times(tuple(one[0].seconds for one in rounds)) for name, rounds in measured.items()}
    for name, of_way in times.items():
        chunks, found = measured[name][0][0].chunks, measured[name][0][0].found
        _log.info(
            "%-26s seconds %s, chunks %d, pages found %d of %d", name, spread(of_way.seconds), chunks, found, _ASKED
        )
    for ours in (name for name in (_OURS, _OURS_WITH_TORCH) if name in times):
        for peer in (name for name in times if name not in (_OURS, _OURS_WITH_TORCH)):
            _log.info("%-26s %s times as fast as %s", ours, times[ours].times_as_fast_as(times[peer]), peer)


def _report_again(name: str, rounds: Sequence[Round]) -> None:
    for place, what in ((1, "nothing changed"), (2, "a section added to 1 %")):
        seconds = spread([one[place].seconds for one in rounds])
        share = spread([100 * one[place].seconds / one[0].seconds for one in rounds])
        chunks = max(one[place].chunks for one in rounds)
        _log.info(
            "%-26s %-22s seconds %s, %% of the cold run %s, chunks embedded %d", name, what, seconds, share, chunks
        )


if __name__ == "__main__":
    main()
