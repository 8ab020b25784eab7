"""Answers that a person wrote: who gets them, and when nobody does any more."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app import approval, panel, verified_answers
from app.access import NOBODY, Caller, caller_for
from app.bootstrap import Home
from app.events import VERIFIED, Done, Refused
from app.langchain_retriever import FrontdeskRetriever
from app.question import Question
from app.verified_answers import VerifiedAnswer
from ingest.report import NoProgress
from retrieval.access import EVERYONE, PUBLIC, Audience, Scope
from retrieval.errors import Missing, Unusable
from retrieval.ledger import documents, lookup

HEAD = "question,answer,owner,audience,sources,expires\n"
TODAY = datetime.now(UTC).date()
QUESTION = "May I take my annual leave in half days?"
ANSWER = "Yes, half days of annual leave are fine: book 0.5 in Meadow."
LEAVE, BANDS = "office/leave.md", "office/hr/bands.md"
HALF_DAYS = VerifiedAnswer("half", QUESTION, ANSWER, "hana@office.example", EVERYONE, (LEAVE,), None)


def asked(home: Home, question: str, caller: Caller = NOBODY) -> Done | Refused:
    *_, last = home.desk.ask(Question(question, caller, turns=()))
    assert isinstance(last, (Done, Refused))
    return last


@pytest.fixture
def approved(own_office: Home) -> Home:
    """The office with one approved answer."""
    verified_answers.propose(own_office.engine, [HALF_DAYS])
    approval.approve(own_office, "half")
    return own_office


def test_an_answer_is_shown_nowhere_to_who_may_not_read_its_source_any_more(approved: Home, tmp_path: Path) -> None:
    sam, hana = (caller_for(approved.engine, f"{name}@office.example") for name in ("sam", "hana"))
    *_, done = approved.desk.ask(Question("Can I take annual leave as half days?", sam))
    assert isinstance(done, Done)
    chunk, uri = done.citations[0].chunk, done.citations[0].uri

    def shown(caller: Caller) -> list[bool]:
        found = FrontdeskRetriever(retriever=approved.retriever, scope=caller.scope, k=5).invoke("half days of leave")
        return [
            ANSWER in approved.conversations.transcript(sam, done.conversation)[-1].text if caller is sam else True,
            bool(lookup.find(approved.engine, [chunk], caller.scope)),
            uri in {entry.uri for entry in panel.readable(approved.engine, caller.scope)},
            uri in {document.metadata["uri"] for document in found},
        ]

    assert shown(sam) == [True] * 4
    documents.set_audience(approved.engine, LEAVE, Audience("group:hr"))
    assert (shown(sam), shown(hana)) == ([False] * 4, [True] * 4)
    documents.remove(approved.engine, LEAVE)
    assert (shown(sam), shown(hana)) == ([False] * 4, [True, False, False, False])
    assert lookup.counts(approved.engine, sam.scope)[0] == len(panel.readable(approved.engine, sam.scope))


def csv(folder: Path, text: str) -> Path:
    file = folder / "answers.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_an_approved_answer_is_given_word_for_word_and_nothing_else(approved: Home) -> None:
    done = asked(approved, "Can I take annual leave as half days?")
    assert isinstance(done, Done)
    assert (done.answer, done.model) == (f"{ANSWER} [1]", VERIFIED)
    assert [(one.uri, one.quote) for one in done.citations] == [("verified-answers/half", ANSWER)]


def test_in_the_conversation_it_is_marked_as_verified(approved: Home) -> None:
    *_, done = approved.desk.ask(Question(QUESTION, NOBODY))
    assert isinstance(done, Done)
    said = approved.conversations.transcript(NOBODY, done.conversation)
    assert [(one.role, one.status) for one in said] == [("user", "asked"), ("assistant", "verified")]
    assert said[1].text == f"{ANSWER} [1]"


def test_another_question_is_answered_from_the_documents(approved: Home) -> None:
    done = asked(approved, "What happens when I lose my door badge?")
    assert isinstance(done, Done)
    assert (done.model, done.citations[0].uri) == ("quoting", "office/badges.md")


def test_a_proposed_answer_is_not_given(own_office: Home) -> None:
    assert verified_answers.propose(own_office.engine, [HALF_DAYS]) == 1
    assert ANSWER not in asked(own_office, QUESTION).answer


def test_an_answer_imported_again_stays_approved_only_while_it_says_the_same(approved: Home) -> None:
    assert verified_answers.propose(approved.engine, [HALF_DAYS]) == 0
    changed = VerifiedAnswer("half", QUESTION, "No.", "hana@office.example", EVERYONE, (LEAVE,), None)
    assert verified_answers.propose(approved.engine, [changed]) == 1
    assert [stands for _, stands in verified_answers.reviewed(approved.engine)] == ["proposed"]
    assert ANSWER not in asked(approved, QUESTION).answer


def test_after_its_last_day_it_is_not_given(approved: Home) -> None:
    gone = VerifiedAnswer("half", QUESTION, ANSWER, "", EVERYONE, (), TODAY)
    verified_answers.propose(approved.engine, [gone])
    approval.approve(approved, "half")
    there = verified_answers.standing(approved.engine, PUBLIC, TODAY)
    later = verified_answers.standing(approved.engine, PUBLIC, TODAY + timedelta(days=1))
    uri = frozenset({"verified-answers/half"})
    assert (there.usable, there.closed) == (later.closed, later.usable) == (uri, frozenset())


def test_what_has_expired_cannot_be_approved(own_office: Home) -> None:
    old = VerifiedAnswer("half", QUESTION, ANSWER, "", EVERYONE, (LEAVE,), date(2020, 1, 1))
    verified_answers.propose(own_office.engine, [old])
    with pytest.raises(Unusable, match="expired on 2020-01-01. Import it again with a later day"):
        approval.approve(own_office, "half")


def test_once_its_source_has_changed_it_waits_for_approval_again(approved: Home, tmp_path: Path) -> None:
    (tmp_path / "office" / "leave.md").write_text("# Annual leave\n\nFrom now on leave is taken in whole days only.\n")
    approved.ingest(tmp_path / "office", "", NoProgress())
    assert ANSWER not in asked(approved, QUESTION).answer
    assert [stands for _, stands in verified_answers.reviewed(approved.engine)] == [
        "office/leave.md has changed since: approve it again"
    ]
    approval.approve(approved, "half")
    assert ANSWER in asked(approved, QUESTION).answer


def test_deleting_its_source_deletes_it(approved: Home) -> None:
    approved.delete(LEAVE)
    assert verified_answers.listed(approved.engine) == []
    assert ANSWER not in asked(approved, QUESTION).answer
    assert [entry.uri for entry in documents.entries(approved.engine) if "verified" in entry.uri] == []


def test_deleting_its_document_deletes_it_for_good(approved: Home) -> None:
    approved.delete("verified-answers/half")
    assert verified_answers.listed(approved.engine) == []


def test_taken_back_it_is_gone_approved_or_not(approved: Home) -> None:
    verified_answers.propose(approved.engine, [VerifiedAnswer("new", "Why?", "So.", "", EVERYONE, (), None)])
    for one in ("half", "new"):
        approval.take_back(approved, one)
    assert verified_answers.listed(approved.engine) == []
    assert ANSWER not in asked(approved, QUESTION).answer
    with pytest.raises(Missing, match="There is no answer 'half'"):
        approval.take_back(approved, "half")


def test_only_who_may_read_all_its_sources_gets_it(own_office: Home) -> None:
    answer = "Grade G5 in Leeds ends at 64,500 pounds."
    of_hr = VerifiedAnswer("g5", "Where does grade G5 end in Leeds?", answer, "", "group:hr", (BANDS, LEAVE), None)
    verified_answers.propose(own_office.engine, [of_hr])
    approval.approve(own_office, "g5")
    hana, sam = (caller_for(own_office.engine, f"{name}@office.example") for name in ("hana", "sam"))
    assert answer in asked(own_office, of_hr.question, hana).answer
    assert answer not in asked(own_office, of_hr.question, sam).answer


def test_a_source_that_is_closed_later_closes_the_answer(approved: Home, tmp_path: Path) -> None:
    rules = tmp_path / "office" / "audiences.toml"
    rules.write_text(rules.read_text() + '\n[[rule]]\npaths = "leave.md"\naudience = "group:hr"\n')
    approved.ingest(tmp_path / "office", "", NoProgress())
    everyone, of_hr = Scope(frozenset({EVERYONE})), Scope(frozenset({EVERYONE, "group:hr"}))
    assert verified_answers.standing(approved.engine, everyone, TODAY).usable == frozenset()
    assert verified_answers.standing(approved.engine, of_hr, TODAY).usable == {"verified-answers/half"}
    assert ANSWER not in asked(approved, QUESTION).answer


def test_an_audience_wider_than_a_sources_is_refused_and_nothing_is_kept(own_office: Home) -> None:
    wide = VerifiedAnswer("g5", "Where does grade G5 end?", "At 64,500.", "", EVERYONE, (BANDS,), None)
    with pytest.raises(Unusable, match="is for everyone, but office/hr/bands.md is for group:hr only"):
        verified_answers.propose(own_office.engine, [HALF_DAYS, wide])
    assert verified_answers.listed(own_office.engine) == []


def test_an_unknown_source_is_refused(own_office: Home) -> None:
    with pytest.raises(Unusable, match=r"rests on office/x\.md, which is not there"):
        verified_answers.propose(
            own_office.engine, [VerifiedAnswer("x", "Why?", "So.", "", EVERYONE, ("office/x.md",), None)]
        )


def test_a_file_is_read_with_sources_and_last_day(tmp_path: Path) -> None:
    line = f'"{QUESTION}","{ANSWER}",hana@office.example,group:hr,a.md; b.md,2027-01-31\n'
    (found,) = verified_answers.read_csv(csv(tmp_path, HEAD + line))
    assert (found.question, found.answer, found.audience) == (QUESTION, ANSWER, "group:hr")
    assert (found.sources, found.expires, found.state) == (("a.md", "b.md"), date(2027, 1, 31), "proposed")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question,answer\n", "must begin with the line question,answer,owner"),
        (HEAD, "holds no answers"),
        (f"{HEAD}Why?,,,,,\n", "line 2: a question and an answer were expected"),
        (f"{HEAD}Why?,So.,,hr,,\n", "line 2: an audience is everyone"),
        (f"{HEAD}Why?,So.,,,,soon\n", "line 2: Invalid isoformat string: 'soon'"),
    ],
)
def test_a_broken_file_is_refused_with_the_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        verified_answers.read_csv(csv(tmp_path, text))


def test_many_answers_of_which_none_is_approved_cost_a_question_nothing(make_home: Callable[..., Home]) -> None:
    home = make_home()
    verified_answers.propose(home.engine, [HALF_DAYS.__class__("x", "Why?", "So.", "", EVERYONE, (), None)])
    assert verified_answers.standing(home.engine, PUBLIC, TODAY).usable == frozenset()
