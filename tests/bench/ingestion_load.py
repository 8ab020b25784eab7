"""What a run of the ingestion takes from others: memory, and time of the questions that are asked meanwhile.

    python -m tests.bench.ingestion_load [--pages 1000]

The run is `frontdesk ingest` in a process of its own: first with a home to itself, which gives its peak memory, then on
the home whose sample company is asked about here, over and over until the run has ended. Questions are asked one after
another, by a retriever that remembers nothing.
"""

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, cycle, takewhile
from pathlib import Path

import numpy as np

from app.bootstrap import DATA, Home
from app.evaluation.question_set import Query, load_set
from app.quiet import share_processors, switch_off_telemetry
from app.quoting import QuotingAnswerer
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.access import EVERYONE
from retrieval.search import Retriever
from tests.bench.ingestion_pages import write_pages
from tests.bench.questions import asked

_log = logging.getLogger(__name__)
_QUESTIONS, _IDLE_ROUNDS = 50, 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    options = parser.parse_args()
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    _log.setLevel(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder, "pages")
        write_pages(pages, options.pages)
        _alone(pages, Path(folder, "alone"))  # first: a process starts with the peak of the one that starts it
        _beside_questions(pages, Path(folder, "asked"))


def _alone(pages: Path, home: Path) -> None:
    begun = time.perf_counter()
    _, status, usage = os.wait4(_run(pages, home).pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    seconds, peak = time.perf_counter() - begun, usage.ru_maxrss / 1024
    _log.info("a run alone, start and models included: %.1f s, peak memory %.0f MiB", seconds, peak)


def _beside_questions(pages: Path, folder: Path) -> None:
    home = Home(Settings(home=folder))
    home.ingest(DATA / "company", EVERYONE, NoProgress())
    queries = load_set(DATA / "eval")[1][:_QUESTIONS]
    _, *rounds = [[_ask(home, query) for query in queries] for _ in range(1 + _IDLE_ROUNDS)]
    idle = _report("idle", list(chain.from_iterable(rounds)))
    with _run(pages, folder) as process:
        beside = [_ask(home, query) for query in takewhile(lambda _: process.poll() is None, cycle(queries))]
    assert process.returncode == 0
    _log.info("p95 beside a run: %.2f times that of idle ones", _report("beside a run", beside) / idle)


def _run(pages: Path, home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app.cli", "ingest", str(pages), "--json"]
    return subprocess.Popen(command, env=os.environ | {"FRONTDESK_HOME": str(home)}, stdout=subprocess.DEVNULL)


def _ask(home: Home, query: Query) -> float:
    """Milliseconds to the end of the answer."""
    retriever = Retriever(home.engine, home.embedder, home.indexes)
    desk = replace(home.desk, retriever=retriever, answerers={"quoting": QuotingAnswerer(retriever)})
    return asked(desk, query)[1]


def _report(what: str, milliseconds: Sequence[float]) -> float:
    p50, p95 = np.percentile(milliseconds, (50, 95))
    _log.info("%d questions %s: p50 %.1f ms, p95 %.1f ms", len(milliseconds), what, p50, p95)
    return float(p95)


if __name__ == "__main__":
    main()
