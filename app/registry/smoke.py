"""The smoke test: one fixed question over fixed sources, before a model may answer anybody."""

import threading
from dataclasses import replace

from app.answerer import Answerer
from app.desk import Desk
from app.events import Done, Failed, Refused
from app.judging.given_sources import GivenSources, Nearness, ask, passages_of
from app.judging.regression import checks
from retrieval.embedder import Embedder
from retrieval.errors import ModelUnavailable

SECONDS = 120.0


def try_out(desk: Desk, embedder: Embedder, answerer: Answerer, seconds: float = SECONDS) -> None:
    """Raise ModelUnavailable unless a cited answer or a refusal comes in time.

    A model that hangs is left alone in its thread, which ends with the process.
    """
    example = checks()[0].example
    sources = GivenSources(passages_of(example), Nearness(embedder))
    ends: list[Done | Refused | Failed] = []
    # Whether the sources suffice is not the model's to say.
    thread = threading.Thread(
        target=lambda: ends.append(ask(replace(desk, threshold=0.0), answerer, example, sources)), daemon=True
    )
    thread.start()
    thread.join(seconds)
    if not ends:
        raise ModelUnavailable(f"It gave no answer to the test question within {seconds:.0f} seconds")
    if isinstance(ends[0], Failed):
        raise ModelUnavailable(f"It failed at the test question: {ends[0].message} (error {ends[0].error} in the log)")
    if isinstance(ends[0], Done) and ends[0].instead_of:
        raise ModelUnavailable("It failed at the test question, and quotes stood in. The log says why")
    if isinstance(ends[0], Done) and not ends[0].citations:
        raise ModelUnavailable("Its answer to the test question names none of the sources")
