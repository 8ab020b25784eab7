"""Helpful answers that wait for an admin before a model may learn from them."""

import httpx
import pytest

from app.access import Caller, caller_for
from app.admin.training import decide, for_training
from app.bootstrap import Home
from app.feedback import rate
from app.finetune.liked import REASONS
from app.identity import audit
from retrieval.errors import Forbidden, Missing, Unusable
from tests.app.admin.conftest import ADMIN, EMPLOYEE
from tests.app.admin.test_review import asked

HANA = "hana@office.example"


@pytest.fixture
def admin(managed: Home) -> Caller:
    return caller_for(managed.engine, ADMIN)


def helpful(home: Home, email: str, question: str) -> str:
    answer = asked(home, email, question)
    rate(home.engine, answer, email, "good")
    return answer


def test_an_answer_waits_is_approved_and_taken_out_again(managed: Home, admin: Caller) -> None:
    answer = helpful(managed, EMPLOYEE, "How many days of annual leave does Sam Whitlock get?")
    (one,) = for_training(managed.engine, admin).waiting
    assert (one.answer, "27 days" in one.text) == (answer, True)
    assert one.question == "How many days of annual leave does [somebody] get?"
    decide(managed.engine, admin, answer, approved=True)
    found = for_training(managed.engine, admin)
    assert (found.waiting, [one.answer for one in found.approved]) == ((), [answer])
    decide(managed.engine, admin, answer, approved=False)
    assert for_training(managed.engine, admin).approved == ()
    assert [one.what for one in audit.listed(managed.engine)] == ["took out of training", "approved for training"]


def test_what_not_everybody_may_read_is_counted_but_not_shown(managed: Home, admin: Caller) -> None:
    answer = helpful(managed, HANA, "What does grade G5 earn?")
    found = for_training(managed.engine, admin)
    assert (found.waiting, dict(found.against)) == ((), {REASONS["audience"]: 1})
    with pytest.raises(Unusable):
        decide(managed.engine, admin, answer, approved=True)


def test_it_is_for_admins_and_for_answers_that_were_helpful(managed: Home, admin: Caller) -> None:
    with pytest.raises(Forbidden):
        for_training(managed.engine, caller_for(managed.engine, EMPLOYEE))
    with pytest.raises(Missing):
        decide(managed.engine, admin, asked(managed, EMPLOYEE, "How many days of leave?"), approved=True)


def test_the_routes_do_the_same(managed: Home, http: httpx.Client) -> None:
    answer = helpful(managed, EMPLOYEE, "How many days of annual leave do I get?")
    for method, name in (("PUT", "approved"), ("DELETE", "waiting")):
        assert http.request(method, f"/api/admin/training/{answer}").status_code == 204
        assert [one["answer"] for one in http.get("/api/admin/training").json()[name]] == [answer]
