"""The sidebar's list of conversations."""

from app import slack_rooms
from app.access import Caller
from app.bootstrap import Home
from tests.ui.test_message import answer, question
from tests.ui.web_page import OPEN_PAGE, SAM, ask, button, shown
from ui import web_markdown, web_view

DWAYNE = "dwayne.portillo@quillmere.example"  # nobody else asks as him
CALLER = Caller(DWAYNE)


def begun(home: Home, title: str, place: str = "") -> str:
    found = home.conversations.begin(Caller(DWAYNE, place=place), title)
    for message in (question(title), answer()):
        home.conversations.add(CALLER, found, message)
    return found


def test_conversations_are_found_opened_and_renamed(page: OPEN_PAGE, sample: Home) -> None:
    slack_rooms.put(sample.engine, "T9", "C9", slack_rooms.room_of([], is_open=True))
    begun(sample, "About leave"), begun(sample, "In Slack", "slack:T9/C9/1")
    at = page(DWAYNE)
    assert [one.label for one in at.sidebar.button] == ["New conversation", "In Slack", "About leave", "Your data"]
    at.sidebar.text_input[0].set_value("LEAVE").run()
    assert [one.label for one in at.sidebar.button] == ["New conversation", "About leave", "Your data"]
    button(at, "About leave")
    assert at.chat_message[0].markdown[0].value == "About leave"
    title = next(one for one in at.sidebar.text_input if one.label == "Title")
    title.set_value("My leave").run()
    assert "**My leave**" in [one.label for one in at.sidebar.button]
    assert web_markdown.escaped(web_view.DELETE_TALK) in shown(button(at, "Delete conversation"))
    assert len(sample.conversations.listed(CALLER)) == 2


def test_whoever_is_not_signed_in_is_told_where_the_list_will_be(page: OPEN_PAGE) -> None:
    assert web_view.NOT_LISTED in shown(page())
    assert web_view.NO_TALKS in shown(page("maeve.castellan@quillmere.example"))


def test_a_conversation_is_in_the_list_as_soon_as_it_is_answered(page: OPEN_PAGE) -> None:
    at = ask(page(SAM), "Which telescope did the astronomers point at Saturn?")
    assert any(one.label.startswith("**Which telescope") for one in at.sidebar.button)
