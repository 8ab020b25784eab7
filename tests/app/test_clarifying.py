"""Whose rules answer, end to end: the asker's country, one clarifying question, what is in force, conflicts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.access import NOBODY, Caller
from app.bootstrap import Home
from app.events import AnswerEvent, Done, Failed, Found, Refused, Token
from app.question import Question
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.prompt import CLARIFY
from retrieval.rewrite import Turn
from retrieval.sentence_embedder import SentenceEmbedder
from tests.conftest import write

OVERTIME = "How is overtime compensated?"
FILES = {
    "audiences.toml": '[[rule]]\npaths = "closed/**"\naudience = "group:hr"\n',
    "countries/germany.md": (
        "# Country supplement: Germany (Hamburg)\n\n## Overtime\n\n"
        "Overtime is compensated with time off, hour for hour, within eight weeks.\n"
    ),
    "countries/portugal.md": (
        "# Country supplement: Portugal\n\n## Overtime\n\n"
        "Overtime is compensated with money, at one and a half times the hourly rate.\n"
    ),
    "closed/spain.md": (
        "---\ncountry: ES\n---\n# Supplement for a new office\n\n## Overtime\n\n"
        "Overtime is compensated with money, at twice the hourly rate.\n"
    ),
    "badges.md": "# Door badges\n\nA lost badge is blocked by calling the guard at once.\n",
    "parking.md": "# Parking\n\nA parking space costs 40 euros a month and is asked for at the front desk.\n",
    "cars.md": "# Cars\n\nA parking space costs 55 euros a month and is asked for at the front desk.\n",
    "bonus-old.md": (
        "---\nexpires: 2025-12-31\n---\n# Referral bonus of the years before\n\n"
        "Whoever refers a friend receives a bonus of 500 euros.\n"
    ),
    "bonus.md": (
        "---\neffective: 2026-01-01\nsupersedes: bonus-old.md\n---\n# Referral bonus\n\n"
        "Whoever refers a friend receives a bonus of 800 euros.\n"
    ),
}
HANA = Caller("", frozenset({"group:hr"}))
TOBIAS, BEATRIZ = Caller(country="DE"), Caller(country="PT")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceEmbedder) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("countries")
    home = Home(Settings(home=folder / "home"))
    home.__dict__["embedder"] = embedder
    home.ingest(write(folder / "handbook", FILES), "everyone", NoProgress())
    yield home
    home.engine.dispose()


def asked(home: Home, text: str, caller: Caller = NOBODY, **more: object) -> list[AnswerEvent]:
    return list(home.desk.ask(Question(text, caller, **more)))  # type: ignore[arg-type]


def answered(home: Home, text: str, caller: Caller = NOBODY, **more: object) -> Done:
    *_, last = asked(home, text, caller, **more)
    assert isinstance(last, Done)
    return last


def cited(done: Done) -> set[str]:
    return {citation.uri.removeprefix("handbook/") for citation in done.citations}


def test_where_rules_differ_and_the_country_is_unknown_one_question_is_asked(company: Home) -> None:
    found, *tokens, done = asked(company, OVERTIME)
    assert isinstance(found, Found)
    assert isinstance(done, Done)
    assert done.answer == "This differs by country. Which one do you mean: Germany, Portugal?"
    assert "".join(token.text for token in tokens if isinstance(token, Token)) == done.answer
    assert (found.sources, done.citations, done.model) == ((), (), "")


def test_the_question_names_no_country_of_a_document_outside_the_scope(company: Home) -> None:
    assert "Spain" not in answered(company, OVERTIME).answer
    assert "Germany, Portugal, Spain?" in answered(company, OVERTIME, HANA).answer


@pytest.mark.parametrize(
    ("reply", "uri"),
    [
        ("Germany", "countries/germany.md"),
        ("portugal, please", "countries/portugal.md"),
        ("I work in the German office, together with Tobias", "countries/germany.md"),
        ("Hamburg", "countries/germany.md"),
    ],
)
def test_the_reply_is_answered_with_that_countrys_rule(company: Home, reply: str, uri: str) -> None:
    first = answered(company, OVERTIME)
    assert cited(answered(company, reply, conversation=first.conversation)) == {uri}


def test_a_reply_without_a_country_is_answered_side_by_side_and_not_asked_back_again(company: Home) -> None:
    first = answered(company, OVERTIME)
    second = answered(company, "I do not know", conversation=first.conversation)
    assert {"countries/germany.md", "countries/portugal.md"} <= cited(second)


def test_a_country_told_once_counts_for_the_next_question_too(company: Home) -> None:
    first = answered(company, OVERTIME)
    answered(company, "Germany", conversation=first.conversation)
    third = answered(company, "How is overtime on a Sunday compensated?", conversation=first.conversation)
    assert cited(third) == {"countries/germany.md"}


def test_history_that_the_client_brings_is_understood_as_well(company: Home) -> None:
    turns = (Turn(OVERTIME, answered(company, OVERTIME).answer),)
    assert cited(answered(company, "Portugal", turns=turns)) == {"countries/portugal.md"}


def test_the_question_and_its_reply_are_kept(company: Home) -> None:
    first = answered(company, OVERTIME)
    answered(company, "Germany", conversation=first.conversation)
    said = company.conversations.transcript(NOBODY, first.conversation)
    assert [one.role for one in said] == ["user", "assistant", "user", "assistant"]
    assert said[1].text == first.answer


def test_a_question_that_was_asked_back_about_documents_now_closed_enters_no_later_prompt(company: Home) -> None:
    done = answered(company, OVERTIME, HANA)
    assert company.conversations.turns(HANA, done.conversation) == [Turn(OVERTIME, done.answer)]
    assert company.conversations.turns(NOBODY, done.conversation) == []


@pytest.mark.parametrize(
    ("caller", "uri"), [(TOBIAS, "countries/germany.md"), (BEATRIZ, "countries/portugal.md")], ids=["DE", "PT"]
)
def test_the_askers_country_decides(company: Home, caller: Caller, uri: str) -> None:
    assert cited(answered(company, OVERTIME, caller)) == {uri}


def test_a_country_that_the_question_names_decides(company: Home) -> None:
    question = "How is overtime compensated in Portugal?"
    assert cited(answered(company, question)) == cited(answered(company, question, TOBIAS)) == {"countries/portugal.md"}


def test_somebody_whose_country_no_document_is_for_gets_no_other_countrys_rule(company: Home) -> None:
    *_, last = asked(company, OVERTIME, Caller(country="FR"))
    assert isinstance(last, Refused | Done)
    assert not isinstance(last, Done) or not cited(last) & {"countries/germany.md", "countries/portugal.md"}


def test_what_is_the_same_everywhere_is_answered_at_once(company: Home) -> None:
    assert cited(answered(company, "Who blocks a lost door badge?")) == {"badges.md"}


def test_without_evidence_it_is_refused_and_not_asked_back(company: Home) -> None:
    *_, last = replace(company.desk, threshold=1.0).ask(Question(OVERTIME, NOBODY))
    assert isinstance(last, Refused)


def test_asking_back_is_exactly_one_end(company: Home) -> None:
    ends = [event for event in asked(company, OVERTIME) if isinstance(event, Done | Refused | Failed)]
    assert len(ends) == 1


def test_two_rules_that_contradict_each_other_are_quoted_side_by_side_under_their_own_numbers(company: Home) -> None:
    done = answered(company, "How much does a parking space cost a month?")
    quoted = {citation.uri.removeprefix("handbook/"): citation for citation in done.citations}
    assert "40 euros" in quoted["parking.md"].quote
    assert "55 euros" in quoted["cars.md"].quote
    assert quoted["parking.md"].number != quoted["cars.md"].number


def test_a_replaced_rule_is_not_quoted(company: Home) -> None:
    done = answered(company, "What bonus do I receive when I refer a friend?")
    assert "800 euros" in done.answer
    assert "500 euros" not in done.answer


def test_a_question_about_an_earlier_year_is_answered_with_the_rule_of_that_year(company: Home) -> None:
    done = answered(company, "What bonus did one receive for referring a friend in 2024?")
    assert "500 euros" in done.answer
    assert "800 euros" not in done.answer


def test_the_sample_company_asks_whose_people_partner_is_meant(sample: Home) -> None:
    first = answered(sample, "Who is my people partner?")
    assert first.answer.startswith(CLARIFY)
    second = answered(sample, "United Kingdom", conversation=first.conversation)
    assert "Hana Okoro" in second.answer
