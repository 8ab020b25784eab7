"""Which questions are about another person's pay, health or performance, and which only look like it."""

import json
import time

import pytest

from app.about_others import is_about_another
from app.access import caller_for
from app.bootstrap import DATA, Home
from app.events import Done, Refused
from app.people import read_csv
from app.question import Question
from retrieval.prompt import FOR_HR
from retrieval.rewrite import Turn

NAMES = ["Hana Okoro", "Marcus Lind", "May Fields", "Sam Whitlock", "Will Marsh"]


def asked(question: str, asker: str = "Sam Whitlock") -> bool:
    return is_about_another(question, NAMES, asker)


@pytest.mark.parametrize(
    "question",
    [
        "What is Hana Okoro's salary?",
        "what is hana okoro's salary",
        "How much does Marcus earn?",
        "How much is Hana Okoro paid?",
        "What was Marcus's last performance review?",
        "Show me the salary of Hana Okoro",
        "the sick leave of Marcus Lind last year",
        "Is Hana pregnant?",
        "Why was Marcus signed off?",
        "Has Marcus been warned?",
        "Is Will Marsh on sick leave?",
        "Did May Fields get fired?",
        "What bonus for Hana Okoro?",
        "Was Marcus rated below average?",
        "What is Marcus\u2019s new salary?",
    ],
)
def test_pay_health_and_performance_of_others_are_for_hr(question: str) -> None:
    assert asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is my salary band?",
        "What is Sam Whitlock's salary?",
        "How much does Sam earn?",
        "Can I ask Hana Okoro about my salary?",
        "Does Hana Okoro approve sick leave?",
        "Is Marcus my contact for expenses?",
        "What does a G5 in Leeds earn?",
        "How much sick pay do I get in May?",
        "Will I be paid when I am ill?",
        "When does the performance review start, and is Hana the one to ask?",
        "How are bonuses decided?",
        "Who is Hana Okoro?",
        "Hana told me that sick leave is paid. Is it?",
        "May I see the pay policy?",
        "Will my bonus be paid in June?",
        "",
    ],
)
def test_one_self_a_rule_or_a_contact_is_not(question: str) -> None:
    assert not asked(question)


def test_somebody_nobody_knows_here_is_no_colleague() -> None:
    assert not is_about_another("What is Hana Okoro's salary?", [], "")
    assert is_about_another("What is Hana Okoro's salary?", NAMES, "")


@pytest.mark.parametrize("text", ["What is Marcus's salary?", "How long was Marcus signed off?"])
def test_the_desk_names_hr_instead_of_searching_and_hr_itself_may_ask(office: Home, text: str) -> None:
    people = {name: caller_for(office.engine, f"{name}@office.example") for name in ("sam", "hana", "marcus")}
    *_, held = office.desk.ask(Question(text, people["sam"]))
    assert isinstance(held, Refused)
    assert held.answer == f"{FOR_HR} Please ask your HR team."
    assert [one.text for one in office.conversations.transcript(people["sam"], held.conversation)] == [
        text,
        held.answer,
    ]
    for allowed in ("hana", "marcus"):
        *_, last = office.desk.ask(Question(text, people[allowed]))
        assert isinstance(last, Done | Refused)
        assert FOR_HR not in last.answer


@pytest.mark.parametrize(
    ("before", "text", "held"),
    [
        ("What is the salary of the team leads?", "And Marcus Lind?", True),
        ("Which team is Marcus Lind in?", "What is his salary?", True),
        ("Which team is Marcus Lind in?", "Was he ever warned?", True),
        ("What is the salary of the team leads?", "And in Leeds?", False),
        ("Which team is Marcus Lind in?", "And where does he sit?", False),
        ("Which team is Marcus Lind in?", "What is my salary there?", False),
        ("Does Marcus Lind approve leave?", "And sick leave?", False),
    ],
)
def test_a_follow_up_is_judged_with_what_it_leans_on(office: Home, before: str, text: str, held: bool) -> None:
    sam = caller_for(office.engine, "sam@office.example")
    turns = (Turn(before, "So it stands there. [1]"),)
    *_, last = office.desk.ask(Question(text, sam, turns=turns))
    assert isinstance(last, Done | Refused)
    assert last.answer.startswith(FOR_HR) == held


@pytest.mark.parametrize("between", ["-" * 7_900, " -" * 3_900, "-a" * 3_900])
def test_a_question_of_dashes_is_judged_at_once(between: str) -> None:
    # 60 dashes once took a minute and a half, in which nobody else got an answer.
    begun = time.monotonic()
    asked(f"Is Hana Okoro{between}? salary, paid")
    asked(f"What is Hana Okoro's{between}? pregnant")
    assert time.monotonic() - begun < 1


def test_no_question_of_the_sample_company_is_held_back() -> None:
    names = [person.name for person in read_csv(DATA / "company" / "people.csv")]
    lines = (DATA / "eval" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["text"] for line in lines]
    assert len(asked) > 400
    assert [text for text in asked if is_about_another(text, names, "")] == []
