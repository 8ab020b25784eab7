"""How long a question takes with the quoting answerer on the sample company.

    python -m tests.bench.questions

Asks the evaluation questions five times after a warm-up, with a retriever that remembers nothing for each round, so
that no question is helped by an earlier round. Prints p50 and p95 per round and the median of the rounds.
"""

import logging
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from app.access import NOBODY
from app.bootstrap import DATA, Home
from app.desk import Question
from app.evaluation.question_set import load_set
from app.quiet import share_processors, switch_off_telemetry
from app.quoting import QuotingAnswerer
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.search import Retriever

_log = logging.getLogger(__name__)
_ROUNDS = 5


def main() -> None:
    """Measure and print."""
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    _, queries, _ = load_set(DATA / "eval")
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Settings(home=Path(folder)))
        home.ingest(DATA / "company", "everyone", NoProgress())
        medians = []
        for number in range(_ROUNDS + 1):
            retriever = Retriever(home.engine, home.embedder, home.indexes)  # remembers no question
            desk = replace(home.desk, retriever=retriever, answerers={"quoting": QuotingAnswerer(retriever)})
            times = []
            for query in queries:
                begun = time.perf_counter()
                for _ in desk.ask(Question(query.text, NOBODY, turns=query.turns)):
                    pass
                times.append(1000 * (time.perf_counter() - begun))
            if number:  # the first round warms up
                times.sort()
                medians.append(statistics.median(times))
                _log.info("round %d: p50 %.1f ms, p95 %.1f ms", number, medians[-1], times[int(0.95 * len(times))])
        _log.info("p50, median of %d rounds: %.1f ms", _ROUNDS, statistics.median(medians))


if __name__ == "__main__":
    main()
