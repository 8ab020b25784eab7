"""What can be done with a question and its answer: again, otherwise, away, judged, passed on. With the real server."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

from app import feedback
from app.access import Caller
from app.answerer import Answering, Piece, Size
from app.bootstrap import Home
from app.client import Client
from app.conversations import Made, NewMessage, Part
from app.door import service_key
from retrieval.budget import TokenUse
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from tests.serving import served
from tests.ui.web_page import HOTEL, HOTEL_LINE, OPEN_PAGE, SAM, ask, button, labels, shown
from ui import web_markdown, web_view

CALLER = Caller(SAM)
HOSTILE = "![x](http://evil.example/x.png) <b>bold</b> [go](http://evil.example) :tada: $x$"


class Slow:
    """Says a word now and then, until it is stopped."""

    name = "slow"

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def check(self, question: str) -> Size:
        return Size(len(question), 1000, "characters")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        return Answering(tuple(passages), TokenUse(), self._words())

    def _words(self) -> Iterator[Piece]:
        try:
            for _ in range(1000):
                yield Piece("word ")
                time.sleep(0.02)
        finally:
            self.stopped.set()


def talk(home: Home, *messages: NewMessage, title: str = HOTEL) -> str:
    found = home.conversations.begin(CALLER, title)
    for message in messages:
        home.conversations.add(CALLER, found, message)
    return found


def question(text: str = HOTEL) -> NewMessage:
    return NewMessage("user", "asked", (Part(text),))


QUOTED = Made("quoting", 8)


QUOTED = Made("quoting", 8)


def answer(text: str = "130 euros.", made: Made = QUOTED) -> NewMessage:
    return NewMessage("assistant", "answered", (Part(text),), made=made)


def test_an_answer_says_how_it_was_made_and_what_was_left_out(page: OPEN_PAGE, sample: Home) -> None:
    written = Made("my-llama", 3, TokenUse(2048, 1500, 512, dropped_sources=5, dropped_turns=4))
    at = page(SAM, talk(sample, question(), answer(made=written)))
    assert at.chat_message[1].caption[1].value == (
        "Written by my\\-llama. 3 of 8 passages used. 4 older turns left out."
    )
    assert [one.label for one in at.main.button] == ["Edit", "Delete", "Retry", "Quote instead", "Ask HR"]


def test_a_retry_takes_the_answers_place(page: OPEN_PAGE, sample: Home) -> None:
    at = button(page(SAM, talk(sample, question(), answer("A guess."))), "Retry")
    assert len(at.chat_message) == 2
    assert HOTEL_LINE in shown(at)
    assert "guess" not in shown(at)


def test_the_last_question_is_edited_and_sent_again(page: OPEN_PAGE, sample: Home) -> None:
    at = button(page(SAM, talk(sample, question("What is the hotl cap?"), answer("A guess."))), "Edit")
    at.text_area[0].set_value(HOTEL).run()
    assert any(f"{len(HOTEL)} of 8,000 characters" in one.text for one in at.get("progress"))
    at.text_area[0].set_value(HOTEL.replace("Lisbon", "Porto"))  # a browser sends the words and the click together
    button(at, "Send")
    assert next(one.markdown[0].value for one in at.chat_message) == "What is the hotel cap in Porto\\?"
    assert len(at.chat_message) == 2
    assert not at.text_area


def test_a_question_that_is_too_long_is_told_before_it_is_sent(page: OPEN_PAGE, sample: Home) -> None:
    at = ask(page(SAM), "hotel " * 1500)
    assert at.error[0].value.startswith("The question has 9\\,000 characters\\; 8\\,000 are the most")
    assert not at.chat_message
    at = button(at, "Send")
    assert at.error[0].value.startswith("The question has 9\\,000")
    at.text_area[0].set_value(HOTEL)
    assert HOTEL_LINE in shown(button(at, "Send"))


def test_before_a_turn_goes_the_page_asks(page: OPEN_PAGE, sample: Home) -> None:
    where = talk(sample, question("First?"), answer(), question("Second?"), answer())
    at = button(page(SAM, where), "Delete")
    assert web_markdown.escaped(web_view.DELETE_TURN) in shown(at)
    assert len(sample.conversations.transcript(CALLER, where)) == 4


def test_not_helpful_is_kept_at_once_and_the_reason_when_it_is_told(page: OPEN_PAGE, sample: Home) -> None:
    where = talk(sample, question(), answer())
    at = page(SAM, where)
    at.feedback[0].set_value(0).run()
    assert [(one.verdict, one.reason) for one in feedback.ratings(sample.engine, f"{where}:2")] == [("bad", "")]
    next(one for one in at.selectbox if one.label == "What was wrong?").set_value("It is out of date")
    next(one for one in at.text_input if one.label.startswith("In your own")).set_value("That was 2024.")
    button(at, "Send")
    assert [one.reason for one in feedback.ratings(sample.engine, f"{where}:2")] == [
        "It is out of date: That was 2024."
    ]
    assert page(SAM, where).feedback[0].value == 0


def test_the_hand_off_names_whom_a_refusal_names(page: OPEN_PAGE, sample: Home) -> None:
    refused = NewMessage("assistant", "refused", (Part("Our documents do not say. Please ask people@x.example."),))
    at = button(page(SAM, talk(sample, question("May I bring a goat?"), refused)), "Ask HR")
    assert "`people@x.example`" in shown(at)
    assert [one.value for one in at.text_area] == ["May I bring a goat?", ""]
    assert not at.checkbox[0].value


def test_an_answer_that_was_stopped_says_so_and_can_be_asked_again(page: OPEN_PAGE, sample: Home) -> None:
    slow, home = Slow(), Home(sample.settings)
    home.__dict__.update(embedder=sample.embedder, answerers={"slow": slow})
    with served(home) as where, closing(Client(where, service_key(home.settings.home), SAM)) as client:
        conversation = client.begin(HOTEL)
        assert next(filter(None, client.follow(conversation)))
        client.stop(conversation)  # what the page's button does; tests/browser clicks it
        assert slow.stopped.wait(5)
        at = page(SAM, conversation, server=where)
        assert at.chat_message[1].caption[0].value == web_view.STOPPED
        assert labels(at) == ["Try again"]
    home.engine.dispose()


def test_hostile_titles_names_and_answers_are_drawn_as_the_text_that_they_are(page: OPEN_PAGE, sample: Home) -> None:
    where = talk(sample, question(HOSTILE), answer(HOSTILE), title=HOSTILE)
    at = page(SAM, where)
    drawn = [at.chat_message[0].markdown[0].value, at.chat_message[1].markdown[0].value]
    drawn += [one.label for one in at.sidebar.button if "evil" in one.label]
    assert len(drawn) == 3
    for text in drawn:
        assert "![x]" not in text
        assert "<b>" not in text
        assert "](http" not in text
        assert "`http://evil.example" in text
