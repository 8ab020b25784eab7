"""Asking one contestant everything."""

import pytest

from app.answerer import Piece
from app.bootstrap import Home
from app.judging.contestant import Contestant
from app.judging.trial import trial
from retrieval.errors import ModelUnavailable, Unusable
from tests.app.judging.examples import ABOUT_LAPTOPS, ABOUT_LEAVE, ABOUT_PLANETS, LEAVE
from tests.app.test_desk import Scripted

EXAMPLES = [ABOUT_LAPTOPS, ABOUT_LEAVE, ABOUT_PLANETS]


def no_step(doing: str, done: int, total: int) -> None:
    """Draw nothing."""


def of(answerer: Scripted) -> Contestant:
    return Contestant("scripted", "digest", lambda: answerer)


def test_each_question_has_its_outcome_and_scores(office: Home) -> None:
    done = trial(of(Scripted([Piece(f"{LEAVE} [2]")])), office, EXAMPLES, no_step, closed_book=False)
    assert [one.status for one in done.tried] == ["answered", "answered", "refused"]
    assert [one.scores.cited_f1 for one in done.tried] == [0, 1, 1]
    assert [one.closed_book for one in done.tried] == [None] * 3
    assert "a number is taken from its own row" in done.failed_checks


def test_a_contestant_that_fails_at_everything_is_broken(office: Home) -> None:
    broken = of(Scripted([ModelUnavailable("The model is gone")]))
    with pytest.raises(Unusable, match="scripted failed at every question: The model is gone"):
        trial(broken, office, [ABOUT_LEAVE, ABOUT_LAPTOPS], no_step, closed_book=False)


def test_a_failure_now_and_then_counts_as_nothing_right(office: Home) -> None:
    done = trial(
        of(Scripted([ModelUnavailable("Busy")])), office, [ABOUT_LEAVE, ABOUT_PLANETS], no_step, closed_book=True
    )
    failed, refused = done.tried
    assert (failed.status, failed.scores.cited_f1, failed.scores.citation_precision) == ("failed", 0, None)
    assert refused.status == "refused"


def test_what_cannot_be_loaded_is_told(office: Home) -> None:
    def load() -> Scripted:
        raise Unusable("no weights")

    with pytest.raises(Unusable, match="no weights"):
        trial(Contestant("x", "x", load), office, EXAMPLES, no_step, closed_book=False)
