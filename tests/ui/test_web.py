"""The page, run by Streamlit's own AppTest against the real server. Nothing is drawn here; tests/browser looks."""

import re
from collections.abc import Sequence

import pytest

from app.access import Caller
from app.answerer import Answering, Size
from app.bootstrap import Home
from app.conversations import NewMessage, Part
from app.settings import Settings
from retrieval.passage import Passage
from retrieval.prompt import REFUSAL
from retrieval.rewrite import Turn
from tests.serving import free_port, served
from tests.ui.web_page import (
    HANA,
    HOTEL,
    HOTEL_LINE,
    OPEN_PAGE,
    SALARY,
    SAM,
    ask,
    button,
    conversation_of,
    labels,
    shown,
)
from ui import web_markdown, web_view


class Broken:
    """An answerer with a mistake in it, whose error tells what nobody should read."""

    name = "broken"

    def check(self, question: str) -> Size:
        return Size(len(question), 1000, "characters")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        raise RuntimeError("no attribute in: Hana earns 61,000")


def test_a_first_visit_says_who_can_see_this_and_offers_questions(page: OPEN_PAGE) -> None:
    at = page()
    assert at.markdown[0].value == web_view.EMPTY
    assert at.caption[0].value.startswith("You are not signed in, so you see what every employee may read.")
    assert labels(at) == [*web_view.EXAMPLES]
    assert not at.exception


def test_a_person_reads_their_name_and_groups(page: OPEN_PAGE) -> None:
    caption = page(HANA).caption[0].value
    assert caption.startswith("You are **Hana Okoro**. Your groups (hr) add documents that others do not see.")


def test_a_home_without_documents_says_how_to_begin(page: OPEN_PAGE, home: Home) -> None:
    with served(home) as where:
        at = page(server=where, home=home)
    assert at.markdown[0].value == web_view.NO_DOCUMENTS
    assert labels(at) == []


def test_a_question_is_answered_with_numbered_sources(page: OPEN_PAGE) -> None:
    at = ask(page(), HOTEL)
    question, answer = at.chat_message
    assert question.markdown[0].value == "What is the hotel cap in Lisbon\\?"
    assert HOTEL_LINE in answer.markdown[0].value
    assert any(label.endswith("Hotels and per diem") and label[0].isdigit() for label in labels(at))
    assert not at.exception


def test_an_example_is_asked_at_a_click_and_the_examples_go(page: OPEN_PAGE) -> None:
    at = button(page(), web_view.EXAMPLES[0])
    assert at.chat_message[0].markdown[0].value == "How many days of annual leave do I get\\?"
    assert not set(labels(at)) & set(web_view.EXAMPLES)


def test_the_input_is_open_again_after_the_answer(page: OPEN_PAGE) -> None:
    assert not ask(page(), HOTEL).chat_input[0].disabled


def test_a_question_without_evidence_is_refused_without_sources(page: OPEN_PAGE) -> None:
    at = ask(page(), "Which telescope did the astronomers of Quillmere point at Saturn?")
    assert web_markdown.escaped(REFUSAL) in at.chat_message[1].markdown[0].value
    assert labels(at) == []


def test_a_source_opens_with_the_quoted_part_highlighted_in_its_surroundings(page: OPEN_PAGE) -> None:
    at = ask(page(), HOTEL)
    numbers = [label for label in labels(at) if label.endswith("Hotels and per diem")]
    opened = [button(at, label) for label in numbers]
    assert any(re.search(r":yellow-background\[[^\]]*130 EUR", shown(one)) for one in opened)
    assert all("company/travel/hotels\\-and\\-per\\-diem\\.md" in shown(one).replace("\\/", "/") for one in opened)
    assert all("Questions about this: `travel@quillmere.example`" in shown(one) for one in opened)


def test_a_reload_with_the_id_in_the_address_shows_the_conversation(page: OPEN_PAGE) -> None:
    first = ask(page(SAM), HOTEL)
    again = page(SAM, conversation_of(first))
    assert [one.markdown[0].value for one in again.chat_message] == [
        one.markdown[0].value for one in first.chat_message
    ]
    assert labels(again) == labels(first)


def test_a_follow_up_goes_into_the_same_conversation(page: OPEN_PAGE) -> None:
    at = ask(page(SAM), HOTEL)
    before = conversation_of(at)
    ask(at, "And in Hamburg?")
    assert conversation_of(at) == before
    assert len(at.chat_message) == 4


def test_a_new_conversation_leaves_the_old_one_and_its_id(page: OPEN_PAGE) -> None:
    at = button(ask(page(SAM), HOTEL), "New conversation")
    assert "conversation" not in at.query_params
    assert not at.chat_message
    assert at.markdown[0].value == web_view.EMPTY


def test_somebody_elses_conversation_is_not_shown(page: OPEN_PAGE) -> None:
    hers = conversation_of(ask(page(HANA), SALARY))
    at = page(SAM, hers)
    assert at.warning[0].value == web_view.LOST
    assert not at.chat_message
    assert "49" not in shown(at)
    assert "conversation" not in at.query_params


def test_only_hr_is_told_the_salary_band(page: OPEN_PAGE) -> None:
    band = web_markdown.escaped("49,700 - 64,500")
    told = {who: band in shown(ask(page(who), SALARY)) for who in (HANA, "marcus.leid@quillmere.example", SAM, "")}
    assert told == {HANA: True, "marcus.leid@quillmere.example": False, SAM: False, "": False}


def test_without_a_server_the_page_says_so_and_the_question_is_asked_later(page: OPEN_PAGE, sample: Home) -> None:
    port = free_port()
    at = page(server=f"http://127.0.0.1:{port}")
    assert "server cannot be reached" in at.error[0].value
    assert labels(at) == ["Try again"]
    with served(sample, port):
        button(at, "Try again")
        assert at.markdown[0].value == web_view.EMPTY
    ask(at, HOTEL)
    assert "server cannot be reached" in at.error[0].value
    assert at.caption[0].value == "Your question is kept and will be asked then: What is the hotel cap in Lisbon\\?"
    with served(sample, port):
        button(at, "Try again")
        assert HOTEL_LINE in shown(at)


def test_a_failed_question_says_so_with_an_id_and_can_be_asked_again(page: OPEN_PAGE, sample: Home) -> None:
    failing = Home(sample.settings)
    failing.__dict__.update(embedder=sample.embedder, answerers={"broken": Broken()})
    with served(failing) as where:
        at = ask(page(server=where), HOTEL)
        assert re.search(r"\\\(error [0-9a-f]{8}\\\)$", at.error[0].value)
        assert "Hana" not in shown(at)
        button(at, "Try again")
        assert len([one for one in at.chat_message if one.name == "user"]) == 2
    failing.engine.dispose()


def test_a_question_whose_answer_never_came_can_be_asked_again(page: OPEN_PAGE, sample: Home) -> None:
    caller = Caller(SAM)
    lost = sample.conversations.begin(caller, HOTEL)
    sample.conversations.add(caller, lost, NewMessage("user", "asked", (Part(HOTEL),)))
    at = page(SAM, lost)
    assert labels(at) == ["Try again"]
    assert HOTEL_LINE in shown(button(at, "Try again"))


@pytest.mark.parametrize(
    ("status", "caption"),
    [("verified", web_view.VERIFIED), ("answered", web_view.NO_SOURCE), ("stopped", web_view.STOPPED)],
)
def test_below_an_answer_stands_how_far_to_trust_it(page: OPEN_PAGE, sample: Home, status: str, caption: str) -> None:
    caller = Caller(SAM)
    talk = sample.conversations.begin(caller, HOTEL)
    for message in (
        NewMessage("user", "asked", (Part(HOTEL),)),
        NewMessage("assistant", status, (Part("130 euros."),)),
    ):
        sample.conversations.add(caller, talk, message)
    at = page(SAM, talk)
    assert [one.value for one in at.chat_message[1].caption] == [caption]


def test_the_demo_says_so_and_lets_choose_who_asks(page: OPEN_PAGE, sample: Home) -> None:
    demo = Home(Settings(home=sample.settings.home, demo=True))
    demo.__dict__["embedder"] = sample.embedder
    with served(demo) as where:
        at = page(server=where)
        assert at.info[0].value == web_view.DEMO
        assert labels(at) == [*web_view.DEMO_EXAMPLES]
        at.selectbox[0].set_value(HANA).run()
        assert "You are **Hana Okoro**" in shown(at)
    demo.engine.dispose()


def test_outside_the_demo_nobody_can_choose_who_asks(page: OPEN_PAGE) -> None:
    assert not page().selectbox
