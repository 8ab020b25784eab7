"""Evaluations made by hand, for tests of what is worked out from them."""

from dataclasses import replace

from app.evaluate import OURS, Evaluation, Ranked, Result
from app.evaluation.question_set import Query
from app.events import AnswerEvent, Citation, Done, Refused, Source
from retrieval.budget import TokenUse
from retrieval.rewrite import Turn

LEAVE = "Every employee has 27 days of annual leave. Leave is booked in Meadow."
BADGES = "A lost badge is blocked by calling the guard at once."
SOURCES = (
    Source(1, "leave", "Annual leave", "", LEAVE, 0.9, "c1"),
    Source(2, "badges", "Badges", "", BADGES, 0.8, "c2"),
)
TITLES = {"leave": "Annual leave", "badges": "Door badges", "laptops": "Laptop repair"}


def citation(number: int, quote: str) -> Citation:
    """A quote under a number; the rest does not matter here."""
    return Citation(number, "", "", quote, "", "", 0, 0)


def done(answer: str, *citations: Citation, model: str = "quoting") -> Done:
    """An answer that took 20 ms until its first words."""
    return Done(answer, citations, TokenUse(), {"first_token": 20.0}, "", model)


def refused() -> Refused:
    """A refusal."""
    return Refused("The documents do not say.", "HR", (), TokenUse(), {}, "")


QUOTED = done(
    "Every employee has 27 days of annual leave. [1]", citation(1, "Every employee has 27 days of annual leave.")
)


def query(id_: str, *, answerable: bool | None = True, support: str = "", category: str = "", split: str = "") -> Query:
    """A question without history."""
    return Query(id_, f"Question {id_}?", answerable, (), support, category, split)


def follow_up(id_: str) -> Query:
    """A question that leans on the one before it."""
    return replace(query(id_), turns=(Turn("How is a badge blocked?", "By a call."),), standalone="Who is called?")


def result(asked: Query, *documents: str, outcome: AnswerEvent = QUOTED, sureness: float = 0.9) -> Result:
    """What came of one question; the best cosine is half as sure."""
    ranked = Ranked(documents, 5.0)
    return Result(asked, asked.text, ranked, outcome, SOURCES, (LEAVE, BADGES), sureness, sureness / 2, 40.0)


def evaluation(*results: Result, qrels: dict[str, dict[str, int]], peer: str = "") -> Evaluation:
    """Three documents, and a threshold of 0.5."""
    seconds = {OURS: 1.5} | ({peer: 3.0} if peer else {})
    return Evaluation("office", 3, 4, 0.5, TITLES, qrels, results, seconds)
