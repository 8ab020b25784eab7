"""What was said: for its owner only, and without text whose source is gone or closed (laws 1 and 2)."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app import people, slack_rooms
from app.access import NOBODY, Action, Caller, caller_for
from app.bootstrap import Home
from app.conversations import Conversations, NewMessage, Part
from app.events import Citation, Done, Refused
from app.people import Person
from app.prompted import PromptedAnswerer
from app.question import Question
from app.slack_rooms import Room
from ingest.report import NoProgress
from retrieval.access import Audience
from retrieval.errors import Missing
from retrieval.ledger import documents
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import chunks
from retrieval.prompt import SOURCE_REMOVED
from retrieval.rewrite import Turn
from tests.app.conftest import PEOPLE
from tests.app.test_prompted import saying

SAM = Caller("sam@office.example")
HANA = Caller("hana@office.example", frozenset({"group:hr"}))
LEAVE = "How many days of annual leave does every employee have?"
PAY = "What is the salary of grade G5 in Leeds?"
QUOTED = "Every employee has 27 days of annual leave."


def answered(home: Home, question: str, caller: Caller, conversation: str = "") -> Done:
    *_, done = replace(home.desk, threshold=0.0).ask(Question(question, caller, conversation))
    assert isinstance(done, Done)
    return done


def with_model(home: Home, answerer: PromptedAnswerer) -> None:
    home.__dict__["answerers"] = {answerer.name: answerer}


def last_text(home: Home, caller: Caller, conversation: str) -> str:
    return home.conversations.transcript(caller, conversation)[-1].text


def stored_messages(home: Home) -> str:
    with sqlite3.connect(home.settings.home / "ledger.sqlite") as connection:
        rows = connection.execute("SELECT * FROM messages").fetchall()
        rows += connection.execute("SELECT * FROM conversations").fetchall()
    connection.close()
    return json.dumps(rows)


@pytest.fixture
def kept(home: Home) -> Conversations:
    slack_rooms.put(home.engine, "T1", "C1", Room(is_open=True))
    return home.conversations


def test_a_conversation_is_read_back_in_order(kept: Conversations) -> None:
    talk = kept.begin(SAM, "How many days?")
    kept.add(SAM, talk, NewMessage("user", "asked", (Part("How many days?"),)))
    kept.add(SAM, talk, NewMessage("assistant", "answered", (Part("27."), Part(" Really."))))
    kept.add(SAM, talk, NewMessage("user", "asked", (Part("Why?"),)))
    said = [(one.role, one.status, one.text) for one in kept.transcript(SAM, talk)]
    assert said == [
        ("user", "asked", "How many days?"),
        ("assistant", "answered", "27. Really."),
        ("user", "asked", "Why?"),
    ]


@pytest.mark.parametrize("stranger", [HANA, NOBODY], ids=["another person", "nobody"])
def test_somebody_elses_conversation_does_not_exist(kept: Conversations, stranger: Caller) -> None:
    talk = kept.begin(SAM, "How many days?")
    for forbidden in (
        lambda: kept.transcript(stranger, talk),
        lambda: kept.turns(stranger, talk),
        lambda: kept.forget(stranger, talk),
        lambda: kept.add(stranger, talk, NewMessage("user", "asked", (Part("x"),))),
        lambda: kept.open(stranger, talk, Action.READ_CONVERSATION),
    ):
        with pytest.raises(Missing, match="There is no such conversation"):
            forbidden()
    assert kept.transcript(SAM, talk) == []


def test_a_list_holds_ones_own_conversations_newest_first(kept: Conversations) -> None:
    first, second = kept.begin(SAM, "How many days?"), kept.begin(SAM, "And badges?")
    kept.begin(HANA, "A question of HR")
    assert [talk.id for talk in kept.listed(SAM)] == [second, first]


def test_somebody_without_identity_has_no_list(kept: Conversations) -> None:
    kept.begin(NOBODY, "How many days?")
    assert kept.listed(NOBODY) == []


def test_a_title_is_the_beginning_of_the_first_question(kept: Conversations) -> None:
    kept.begin(SAM, "How   many\ndays?")
    kept.begin(SAM, "word " * 30)
    titles = [talk.title for talk in kept.listed(SAM)]
    assert titles == ["word word word word word word word word word word word ...", "How many days?"]


def test_forgetting_removes_the_conversation_and_no_other(kept: Conversations) -> None:
    one, other = kept.begin(SAM, "How many days?"), kept.begin(SAM, "And badges?")
    kept.add(SAM, one, NewMessage("user", "asked", (Part("How many days?"),)))
    kept.forget(SAM, one)
    assert [talk.id for talk in kept.listed(SAM)] == [other]
    with pytest.raises(Missing):
        kept.transcript(SAM, one)


def test_a_transcript_survives_the_process(own_office: Home, make_home: Callable[..., Home]) -> None:
    done = answered(own_office, LEAVE, SAM)
    own_office.engine.dispose()
    said = make_home().conversations.transcript(SAM, done.conversation)
    assert [one.text for one in said] == [LEAVE, done.answer]
    assert said[1].citations == done.citations


def test_a_transcript_survives_a_new_version_of_the_document(own_office: Home, tmp_path: Path) -> None:
    done = answered(own_office, LEAVE, SAM)
    (tmp_path / "office" / "leave.md").write_text("# Annual leave\n\nNow everything is different.\n")
    own_office.ingest(tmp_path / "office", "everyone", NoProgress())
    assert QUOTED in last_text(own_office, SAM, done.conversation)


def test_rows_of_a_quoting_answer_hold_no_quoted_text(own_office: Home) -> None:
    done = answered(own_office, LEAVE, SAM)
    assert QUOTED in done.answer
    assert QUOTED not in stored_messages(own_office)
    assert LEAVE in stored_messages(own_office)


def test_citations_of_a_models_answer_are_stored_without_their_words(own_office: Home) -> None:
    with_model(own_office, saying("You get 27 days [1]."))
    done = answered(own_office, LEAVE, SAM)
    assert done.citations[0].quote == QUOTED
    assert QUOTED not in stored_messages(own_office)


def test_after_a_deletion_a_quote_reads_source_removed(own_office: Home) -> None:
    done = answered(own_office, LEAVE, SAM)
    own_office.delete("office/leave.md")
    said = own_office.conversations.transcript(SAM, done.conversation)[-1]
    assert QUOTED not in said.text
    assert SOURCE_REMOVED in said.text
    assert [one for one in said.citations if one.uri == "office/leave.md"] == []
    assert not said.whole


@pytest.mark.parametrize("words", ["You get 27 days [1].", "Twenty-seven."], ids=["many words", "one word"])
def test_after_a_deletion_the_words_of_a_model_are_gone_too(own_office: Home, words: str) -> None:
    with_model(own_office, saying(words))
    done = answered(own_office, LEAVE, SAM)
    own_office.delete("office/leave.md")
    assert last_text(own_office, SAM, done.conversation) == SOURCE_REMOVED


def test_after_a_deletion_the_title_is_gone_from_old_refusals(own_office: Home) -> None:
    *_, refused = replace(own_office.desk, threshold=1.0).ask(Question(LEAVE, SAM))
    assert isinstance(refused, Refused)
    assert "Annual leave" in last_text(own_office, SAM, refused.conversation)
    own_office.delete("office/leave.md")
    assert "Annual leave" not in last_text(own_office, SAM, refused.conversation)


def test_a_turn_of_a_deleted_document_enters_no_later_prompt(own_office: Home) -> None:
    with_model(own_office, saying("It is so [1]."))
    first = answered(own_office, LEAVE, SAM)
    second = answered(own_office, "Who blocks a lost badge?", SAM, first.conversation)
    assert len(own_office.conversations.turns(SAM, second.conversation)) == 2
    own_office.delete("office/leave.md")
    assert own_office.conversations.turns(SAM, second.conversation) == []


def test_of_a_quoting_conversation_the_other_turns_stay(own_office: Home) -> None:
    conversations = own_office.conversations
    talk = conversations.begin(SAM, LEAVE)
    leave, badges = (chunk_of(own_office, uri) for uri in ("office/leave.md", "office/badges.md"))
    for question, chunk in (("How many days?", leave), ("And badges?", badges)):
        conversations.add(SAM, talk, NewMessage("user", "asked", (Part(question),)))
        conversations.add(SAM, talk, NewMessage("assistant", "answered", (Part("", (chunk,), 0, 6), Part(" [1]"))))
    own_office.delete("office/leave.md")
    assert conversations.turns(SAM, talk) == [Turn("And badges?", "A lost [1]")]


def chunk_of(home: Home, uri: str) -> str:
    with reading(home.engine) as connection:
        return str(connection.execute(chunks.select().where(chunks.c.uri == uri)).first().id)  # type: ignore[union-attr]


def test_a_document_moved_to_fewer_readers_closes_old_answers_too(own_office: Home) -> None:
    done = answered(own_office, LEAVE, SAM)
    documents.set_audience(own_office.engine, "office/leave.md", Audience("group:hr"))
    said = own_office.conversations.transcript(SAM, done.conversation)[-1]
    assert QUOTED not in said.text
    assert QUOTED not in str(said.citations)
    assert own_office.conversations.turns(SAM, done.conversation) == []


def test_a_document_moved_to_other_readers_stays_for_who_is_one_of_them(own_office: Home) -> None:
    done = answered(own_office, LEAVE, HANA)
    documents.set_audience(own_office.engine, "office/leave.md", Audience("group:hr"))
    assert QUOTED in last_text(own_office, HANA, done.conversation)


def test_who_left_a_group_cannot_read_in_old_answers_what_it_read_then(own_office: Home) -> None:
    hana = caller_for(own_office.engine, "hana@office.example")
    done = answered(own_office, PAY, hana)
    assert "49,700" in last_text(own_office, hana, done.conversation)
    people.replace_all(own_office.engine, [Person("hana@office.example", "Hana", (), "GB"), *PEOPLE[1:]])
    left = caller_for(own_office.engine, "hana@office.example")
    assert "49,700" not in str(own_office.conversations.transcript(left, done.conversation))
    assert own_office.conversations.turns(left, done.conversation) == []


def test_a_turn_is_left_out_when_it_was_built_from_a_closed_audience(kept: Conversations) -> None:
    talk = kept.begin(HANA, "Pay?")
    kept.add(HANA, talk, NewMessage("user", "asked", (Part("Pay?"),)))
    kept.add(HANA, talk, NewMessage("assistant", "answered", (Part("Much."),), (), frozenset({"group:hr"})))
    left = Caller(HANA.email)
    assert (kept.turns(HANA, talk), kept.turns(left, talk)) == ([Turn("Pay?", "Much.")], [])


@pytest.mark.parametrize("status", ["failed", "stopped"])
def test_only_whole_answers_and_refusals_are_turns(kept: Conversations, status: str) -> None:
    talk = kept.begin(SAM, "Why?")
    for question, end in (("Why?", status), ("When?", "refused"), ("Who?", "answered")):
        kept.add(SAM, talk, NewMessage("user", "asked", (Part(question),)))
        kept.add(SAM, talk, NewMessage("assistant", end, (Part("So."),)))
    assert kept.turns(SAM, talk) == [Turn("When?", "So."), Turn("Who?", "So.")]


def test_a_stored_citation_has_no_field_for_words(kept: Conversations, home: Home) -> None:
    talk = kept.begin(SAM, "Why?")
    citation = Citation(1, "a.md", "Title", "the quoted words", "#a", "chunk", 0, 16)
    kept.add(SAM, talk, NewMessage("assistant", "answered", (Part("So [1]."),), (citation,)))
    assert "the quoted words" not in stored_messages(home)


HERE, THERE = "slack:T1/C1/17.1", "slack:T1/C1/18.1"


def at_place(caller: Caller, place: str = HERE) -> Caller:
    return replace(caller, place=place)


def test_whoever_is_at_its_place_reads_and_goes_on_with_a_conversation(kept: Conversations) -> None:
    talk = kept.begin(at_place(SAM), "How many days?")
    assert kept.add(at_place(HANA), talk, NewMessage("user", "asked", (Part("And then?"),))) == 1
    assert kept.add(at_place(NOBODY), talk, NewMessage("user", "asked", (Part("So?"),))) == 2
    assert [one.text for one in kept.transcript(SAM, talk)] == ["And then?", "So?"]
    for elsewhere in (HANA, at_place(HANA, THERE), NOBODY):
        with pytest.raises(Missing, match="There is no such conversation"):
            kept.transcript(elsewhere, talk)


def test_a_place_has_the_conversation_that_began_there(kept: Conversations) -> None:
    kept.begin(SAM, "Alone?")
    talk = kept.begin(at_place(SAM), "How many days?")
    kept.begin(at_place(SAM, THERE), "How many nights?")
    kept.begin(at_place(HANA), "Again?")
    assert [kept.at(HERE), kept.at("slack:T1/C1/99.9"), kept.at("")] == [talk, "", ""]
    assert {one.title: one.place for one in kept.listed(SAM)} == {
        "Alone?": "",
        "How many days?": HERE,
        "How many nights?": THERE,
    }


def test_going_on_elsewhere_makes_a_copy_and_leaves_the_place_as_it_was(kept: Conversations) -> None:
    talk = kept.begin(at_place(SAM), "How many days?")
    for role, text in (("user", "How many days?"), ("assistant", "27.")):
        kept.add(at_place(SAM), talk, NewMessage(role, "answered", (Part(text),), (), frozenset({"everyone"})))
    assert kept.continued(at_place(HANA), talk) == talk
    copy = kept.continued(SAM, talk)
    kept.add(SAM, copy, NewMessage("user", "asked", (Part("Only for me?"),)))
    assert [one.text for one in kept.transcript(SAM, copy)] == ["How many days?", "27.", "Only for me?"]
    assert kept.turns(SAM, copy) == kept.turns(SAM, talk) == [Turn("How many days?", "27.")]
    assert (kept.continued(SAM, copy), kept.at(HERE), len(kept.transcript(SAM, talk))) == (copy, talk, 2)
    with pytest.raises(Missing):
        kept.continued(HANA, talk)


def test_an_outsider_reads_old_answers_without_what_everyone_reads(own_office: Home) -> None:
    done = answered(own_office, LEAVE, at_place(SAM))
    outsider = Caller(place=HERE, outsider=True)
    assert QUOTED in last_text(own_office, at_place(NOBODY), done.conversation)
    assert QUOTED not in last_text(own_office, outsider, done.conversation)
    assert own_office.conversations.turns(outsider, done.conversation) == []
