"""Putting every held-out question to one contestant, the way the product would."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.answerer import Answerer
from app.bootstrap import Home
from app.desk import Desk
from app.events import Done, Failed, Refused
from app.finetune.example import Example
from app.judging.contestant import Contestant
from app.judging.given_sources import GivenSources, Nearness, ask, ask_closed_book, passages_of
from app.judging.regression import Check, checks
from app.judging.scores import Scores, score, words
from retrieval.errors import Unusable

Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one contestant made of one question. `said` is the answer or what was told instead of one.

    `status` is answered, refused or failed; `closed_book` is what it said without sources, None if that was not asked.
    `tokens` are the model's own, or words where there is no model.
    """

    example: Example
    status: str
    said: str
    scores: Scores
    seconds: float
    first_token_ms: float
    tokens: int
    closed_book: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """All questions, and the regression checks that were not passed."""

    name: str
    digest: str
    tried: tuple[Tried, ...]
    failed_checks: tuple[str, ...]
    load_seconds: float


def trial(contestant: Contestant, home: Home, examples: Sequence[Example], step: Step, *, closed_book: bool) -> Trial:
    """Load a contestant, ask it everything, and let go of it again.

    Raises:
        Unusable: it cannot be loaded, or gives an answer to no question.
    """
    begun = time.perf_counter()
    step(f"Loading {contestant.name}", 0, len(examples))
    answerer = contestant.load()
    loaded = time.perf_counter() - begun
    nearness = Nearness(home.embedder)
    desk = home.desk_with({answerer.name: answerer})
    tried = []
    for done, example in enumerate(examples):
        step(f"Asking {contestant.name}", done, len(examples))
        tried.append(_try(desk, answerer, example, nearness, closed_book=closed_book))
    step(f"Asking {contestant.name}", len(examples), len(examples))
    failed = [check.name for check in checks() if not _passes(desk, answerer, check, nearness)]
    del answerer, desk  # so that the next one need not share the memory
    gc.collect()
    if all(one.status == "failed" for one in tried):
        raise Unusable(f"{contestant.name} failed at every question: {tried[0].said}. See the log with LOG_LEVEL=ERROR")
    return Trial(contestant.name, contestant.digest, tuple(tried), tuple(failed), loaded)


def _try(desk: Desk, answerer: Answerer, example: Example, nearness: Nearness, *, closed_book: bool) -> Tried:
    begun = time.perf_counter()
    outcome = ask(desk, answerer, example, GivenSources(passages_of(example), nearness))
    seconds = time.perf_counter() - begun
    status = {Done: "answered", Refused: "refused", Failed: "failed"}[type(outcome)]
    said = outcome.message if isinstance(outcome, Failed) else outcome.answer
    scores = _nothing_right(score(example, "")) if status == "failed" else _scored(example, outcome)
    return Tried(
        example,
        status,
        said,
        scores,
        seconds,
        outcome.timings_ms.get("first_token", 0.0),
        _tokens(answerer, said) if status == "answered" else 0,
        ask_closed_book(answerer, example) if closed_book else None,
    )


def _tokens(answerer: Answerer, said: str) -> int:
    from app.prompted import PromptedAnswerer

    return answerer.tokens(said) if isinstance(answerer, PromptedAnswerer) else len(words(said))


def _scored(example: Example, outcome: Done | Refused | Failed) -> Scores:
    return score(example, outcome.answer if isinstance(outcome, Done) else None)


def _nothing_right(scores: Scores) -> Scores:
    return replace(scores, citation_precision=None, citation_recall=None, verbatim=None)


def _passes(desk: Desk, answerer: Answerer, check: Check, nearness: Nearness) -> bool:
    outcome = ask(desk, answerer, check.example, GivenSources(passages_of(check.example), nearness))
    return check.passed(outcome)
