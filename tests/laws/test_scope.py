"""Law 1: no search without a scope. What is outside is not seen, and has no effect on what is."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.access import Caller
from app.bootstrap import Home
from app.events import Refused, to_json
from app.question import Question
from retrieval.access import Scope
from retrieval.document import Facts
from retrieval.search import Finding
from tests.laws.corpus import (
    AUDIENCES,
    CORPORA,
    FEW,
    QUESTIONS,
    SCOPES,
    SENTENCES,
    Corpus,
    NewHome,
    Written,
    inside,
    secrets,
)

PUBLIC, HR = Scope(frozenset({"everyone"})), Scope(frozenset(AUDIENCES))
ALL = 50  # passages: more than a corpus has, so that the choice does not depend on the order of equals
REPLACED = (
    Written("plan 2025", (SENTENCES[3],), "everyone"),
    Written("plan 2026", (SENTENCES[4],), "group:hr", Facts(supersedes=("plan 2025",))),
)
REPEATED = (
    Written("plan 2025", (SENTENCES[5],), "group:hr"),
    Written("handbook/leave.md", (SENTENCES[5],), "everyone"),
)
ABROAD = (
    Written("overtime (Germany)", (SENTENCES[0],), "group:hr", Facts(("DE",))),
    Written("overtime (Portugal)", (SENTENCES[1],), "everyone", Facts(("PT",))),
)


@dataclass(frozen=True)
class Seen:
    """What a search shows, without scores and order: the statistics of words are those of the whole home."""

    hits: frozenset[tuple[str, str]]
    passages: frozenset[str]
    answerable: object

    @classmethod
    def of(cls, finding: Finding) -> "Seen":
        hits = frozenset((hit.chunk.uri, hit.chunk.text) for hit in finding.hits)
        texts = frozenset(chunk.text for passage in finding.passages for chunk in passage.chunks)
        return cls(hits, texts, pytest.approx(finding.answerable))


@FEW
@given(corpus=CORPORA, question=QUESTIONS, scope=SCOPES, country=st.sampled_from(("", "DE", "PT", "ES")))
@example(corpus=REPLACED, question="bonus plan", scope=PUBLIC, country="")
@example(corpus=REPEATED, question="leave booked", scope=PUBLIC, country="")
@example(corpus=ABROAD, question="overtime paid Germany", scope=PUBLIC, country="PT")
def test_a_search_shows_what_it_would_in_a_home_without_the_documents_outside(
    new_home: NewHome, corpus: Corpus, question: str, scope: Scope, country: str
) -> None:
    with new_home(corpus) as whole, new_home(inside(corpus, scope)) as part:
        seen, expected = (Seen.of(one.retriever.find(question, scope, ALL, country)) for one in (whole, part))
    assert seen == expected


@FEW
@given(corpus=CORPORA, questions=st.lists(QUESTIONS, min_size=1, max_size=3), scope=SCOPES, threshold=st.floats(0, 1))
@example(corpus=ABROAD, questions=["overtime paid"], scope=PUBLIC, threshold=0.0)
@example(corpus=ABROAD, questions=["overtime paid"], scope=PUBLIC, threshold=1.0)
def test_nothing_that_the_desk_says_comes_from_outside(
    new_home: NewHome, corpus: Corpus, questions: list[str], scope: Scope, threshold: float
) -> None:
    caller = Caller("sam@office.example", scope.audiences)
    with new_home(corpus) as home:
        for question in questions:
            said = spoken(home, question, caller, threshold)
            assert [text for text in secrets(corpus, caller.scope) if text in said] == []


@FEW
@given(corpus=CORPORA, first=QUESTIONS, second=QUESTIONS, before=SCOPES, now=SCOPES)
@example(corpus=ABROAD, first="overtime paid Germany", second="and it?", before=HR, now=PUBLIC)
def test_what_was_said_in_a_wider_scope_enters_no_later_answer(
    new_home: NewHome, corpus: Corpus, first: str, second: str, before: Scope, now: Scope
) -> None:
    hidden = secrets(corpus, Caller("", now.audiences).scope)
    with new_home(corpus) as home:
        wide, narrow = (Caller("sam@office.example", scope.audiences) for scope in (before, now))
        talk = home.conversations.begin(wide, first)
        spoken(home, first, wide, 0.0, talk)
        turns = home.conversations.turns(narrow, talk)
        transcript = home.conversations.transcript(narrow, talk)
        said = spoken(home, second, narrow, 0.0, talk)
    shown = f"{turns} {transcript} {said}"
    assert [text for text in hidden if text in shown] == []


@given(question=QUESTIONS)
def test_an_empty_scope_sees_nothing(little_office: Home, question: str) -> None:
    finding = little_office.retriever.find(question, Scope(frozenset()), ALL)
    assert (finding.hits, finding.passages, finding.undecided) == ((), (), ())


def test_a_refusal_in_a_wider_scope_is_no_history_of_a_narrower_one(little_office: Home) -> None:
    wide, narrow = Caller("eve@office.example", frozenset({"group:hr"})), Caller("eve@office.example")
    strict = replace(little_office.desk, threshold=1.0)
    *_, refused = strict.ask(Question("What is the salary of a zebra keeper?", wide))
    assert isinstance(refused, Refused)
    assert "bands" in [near.title for near in refused.closest]
    assert little_office.conversations.turns(narrow, refused.conversation) == []


def spoken(home: Home, question: str, caller: Caller, threshold: float, conversation: str = "") -> str:
    """All events of one question as text, without what the asker typed."""
    desk = replace(home.desk, threshold=threshold)
    events = list(desk.ask(Question(question, caller, conversation)))
    return " ".join(to_json(replace(event, question="") if event.kind == "found" else event) for event in events)
