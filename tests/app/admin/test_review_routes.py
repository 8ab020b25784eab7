"""The review queue over HTTP."""

import httpx

from app.bootstrap import Home
from app.feedback import rate
from tests.app.admin.conftest import EMPLOYEE
from tests.app.admin.test_review import asked
from tests.app.admin.test_unanswered import ASKERS, PETS, refused


def test_a_complaint_is_listed_and_taken_off_by_any_number_of_clicks(managed: Home, http: httpx.Client) -> None:
    answer = asked(managed, EMPLOYEE, "How many days of annual leave?")
    rate(managed.engine, answer, EMPLOYEE, "bad", "Too short")
    (one,) = http.get("/api/admin/review").json()
    assert (one["answer"], one["reasons"], one["people"]) == (answer, ["Too short"], 1)
    assert [http.post(f"/api/admin/review/{answer}/done").status_code for _ in range(2)] == [204, 204]
    assert http.get("/api/admin/review").json() == []


def test_unanswered_questions_are_listed_by_group(managed: Home, http: httpx.Client) -> None:
    for email, question in zip(ASKERS, PETS, strict=True):
        refused(managed, email, question)
    (group,) = http.get("/api/admin/unanswered").json()
    assert (group["times"], group["askers"]) == (3, 3)
