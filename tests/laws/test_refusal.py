"""Law 6: refuse rather than guess. Below the threshold, or with nothing to read, the one refusal and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access import NOBODY, Caller
from app.bootstrap import Home
from app.desk import Desk
from app.events import AnswerEvent, Found, Refused
from app.question import Question
from retrieval.budget import passages_wanted
from tests.laws.conftest import OFFICE
from tests.laws.corpus import AUDIENCES, MANY, QUESTIONS, NewHome, inside
from tests.laws.test_citations import Model

THRESHOLDS = st.floats(0, 1)
CALLERS = st.sets(st.sampled_from(AUDIENCES)).map(lambda audiences: Caller("", frozenset(audiences)))
ANY_QUESTION = st.one_of(QUESTIONS, st.text(min_size=1).filter(str.strip).filter(lambda text: text.isprintable()))


def end(desk: Desk, question: str, caller: Caller, threshold: float) -> AnswerEvent:
    found, *_, last = replace(desk, threshold=threshold).ask(Question(question, caller, turns=()))
    assert isinstance(found, Found)
    assert not (found.sources and isinstance(last, Refused))
    return last


@MANY
@given(question=ANY_QUESTION, caller=CALLERS, threshold=THRESHOLDS)
def test_below_the_threshold_there_is_the_one_refusal(
    little_office: Home, question: str, caller: Caller, threshold: float
) -> None:
    finding = little_office.retriever.find(question, caller.scope, passages_wanted(question))
    last = end(little_office.desk, question, caller, threshold)
    titles = {document.uri for document in inside(OFFICE, caller.scope)}
    if finding.answerable < threshold:
        assert isinstance(last, Refused)
    if isinstance(last, Refused):
        named = [near.title for near in last.closest]
        assert (set(named) <= titles, len(named) <= 3, len(set(named))) == (True, True, len(named))
        lines = ["Our documents do not say. Please ask your HR team.", "", "The closest documents are:"]
        assert last.answer == "\n".join([*lines, *(f"- {title}" for title in named)] if named else lines[:1])


@MANY
@given(question=ANY_QUESTION, caller=CALLERS, thresholds=st.tuples(THRESHOLDS, THRESHOLDS).map(sorted))
def test_a_higher_threshold_never_answers_more(
    little_office: Home, question: str, caller: Caller, thresholds: list[float]
) -> None:
    lower, higher = (isinstance(end(little_office.desk, question, caller, one), Refused) for one in thresholds)
    assert higher or not lower


@pytest.mark.parametrize("documents", [(), OFFICE[2:]], ids=["an empty home", "a home of others' documents"])
@pytest.mark.parametrize("talkative", [False, True], ids=["quoting", "a model that guesses"])
def test_who_can_read_nothing_is_refused_whatever_the_threshold(
    new_home: NewHome, documents: tuple[object, ...], *, talkative: bool
) -> None:
    model = Model("I guess thirty days.")

    @MANY
    @given(question=ANY_QUESTION, threshold=THRESHOLDS)
    def refused(question: str, threshold: float) -> None:
        last = end(desk, question, NOBODY, threshold)
        assert isinstance(last, Refused)
        assert (last.answer, last.closest) == ("Our documents do not say. Please ask your HR team.", ())

    with new_home(documents) as home:  # type: ignore[arg-type]
        desk = replace(home.desk, answerers={model.name: model}) if talkative else home.desk
        refused()
        assert isinstance(end(desk, "leave", NOBODY, 0.0), Refused)
