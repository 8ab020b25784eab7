"""The chat: a conversation with its answers, and where to ask."""

from collections.abc import Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.client import Client, Conversation, Me, Unanswered
from app.events import AnswerEvent, Done, Found, Refused, Token, Waits
from ui import web_markdown, web_view
from ui.screens import asking, message, own_data, talks
from ui.screens.asking import Asked
from ui.screens.failure import draw_failure, draw_remark, remark

_NEW = Conversation("", "", in_progress=False, messages=())


def draw(client: Client, me: Me) -> None:
    """Draw the page."""
    st.title(web_view.TITLE, anchor=False)
    draw_remark()
    number, talk = _conversation(client)
    asked = asking.waiting()
    if asked and _is_sendable(client, asked):
        failure, number = _begin(client, number, asked)
        if failure:
            talk = client.talk(number) if number else _NEW
            _draw_sidebar(client, me, number)
            _draw_messages(client, number, talk)
            _draw_unasked(asked, failure)
            _draw_input(locked=False)
            return
        talk = client.talk(number)
    _draw_sidebar(client, me, number)  # with the conversation that has just begun
    if not talk.messages and not asking.draft():
        _draw_hints(client, me)
    _draw_messages(client, number, talk)
    _draw_input(locked=talk.in_progress)
    if talk.in_progress:
        _draw_answer_in_progress(client, number)
    else:
        asking.draw_editor(client, place=0)
        _draw_next(client, number, talk)


def _draw_sidebar(client: Client, me: Me, number: str) -> None:
    talks.draw_list(client, current=number)
    if me.email:
        own_data.draw_entry(client, me.keep_days)


def kept_question() -> str:
    """A question that waits for the server."""
    asked = asking.waiting()
    return asked.question if asked else ""


def start_anew() -> None:
    """Leave the conversation, and what was asked in it."""
    talks.leave()


def _conversation(client: Client) -> tuple[str, Conversation]:
    """The conversation whose id is in the address; forgotten where it is not ours."""
    found = st.query_params.get("conversation", "")
    try:
        return found, client.talk(found) if found else _NEW
    except Unanswered as exc:
        if exc.status not in (403, 404):
            raise
    talks.leave()
    st.warning(web_view.LOST)
    return "", _NEW


def _is_sendable(client: Client, asked: Asked) -> bool:
    if st.session_state.pop("measured", False) or asking.fits(client, asked):
        return True
    asking.done()
    return False


def _begin(client: Client, conversation: str, asked: Asked) -> tuple[str, str]:
    """Ask; returns why it could not be asked, if so, and the conversation."""
    try:
        conversation = client.begin(asked.question, conversation, asked.model, asked.replaces)
    except Unanswered as exc:
        if not exc.status:  # nobody answered: the question waits
            raise
        asking.done()
        return str(exc), conversation
    asking.done()
    st.query_params["conversation"] = conversation
    return "", conversation


def _draw_hints(client: Client, me: Me) -> None:
    ready = client.ready()
    st.markdown(web_view.EMPTY if ready["documents"] else web_view.NO_DOCUMENTS)
    st.caption(web_view.who_can_see(me.name or me.email, me.audiences, me.documents))
    examples = web_view.DEMO_EXAMPLES if ready["demo"] else web_view.EXAMPLES
    for example in examples if ready["documents"] else ():
        st.button(example, on_click=asking.take, args=(example,))


def _draw_messages(client: Client, conversation: str, talk: Conversation) -> None:
    last_question = max((one.number for one in talk.messages if one.role == "user"), default=0)
    question = ""
    for one in talk.messages:
        if one.role == "user":
            question = one.text
        about = message.About(conversation, question, last_question, is_idle=not talk.in_progress)
        if talk.in_progress or not asking.draw_editor(client, one.number):
            message.draw(client, one, about)


def _draw_unasked(asked: Asked, failure: str) -> None:
    """A question that was not accepted, and why."""
    with st.chat_message("user", avatar=message.AVATARS["user"]):
        st.markdown(web_markdown.answer_markdown(asked.question))
    draw_failure(failure)
    with st.container(horizontal=True):
        again = (asked.question, asked.replaces, asked.model)
        st.button("Try again", on_click=asking.take, args=again, icon=":material/refresh:")
        st.button("Edit", on_click=asking.edit, args=(asked,), icon=":material/edit:")


def _draw_input(*, locked: bool) -> None:
    st.chat_input(web_view.ASK_HERE, key="typed", on_submit=asking.take, disabled=locked, max_chars=web_view.MOST_TYPED)


def _draw_next(client: Client, conversation: str, talk: Conversation) -> None:
    """What to do after the last answer: ask again where it failed, else go on from it."""
    unanswered = web_view.unanswered(talk.messages)
    if unanswered:
        number = max(one.number for one in talk.messages if one.role == "user")
        again = (unanswered, number)
        st.button("Try again", on_click=asking.take, args=again, icon=":material/refresh:")
    elif talk.messages and not asking.draft():
        message.draw_suggestions(client, conversation, talk.messages[-1])


def _draw_answer_in_progress(client: Client, conversation: str) -> None:
    with st.chat_message("assistant", avatar=message.AVATARS["assistant"]):
        place = st.empty()
        place.markdown(web_view.SEARCHING)
        st.button("Stop", key="stop", on_click=_stop, args=(client, conversation), icon=":material/stop_circle:")
        try:
            _stream(place, client.follow(conversation))
        except Unanswered as exc:
            if exc.status != 404:  # else it ended a moment ago
                raise
    st.rerun()


def _stream(place: DeltaGenerator, events: Iterator[AnswerEvent | None]) -> None:
    """Draw an answer while it comes. Each drawing lets a click interrupt it, also while nothing comes."""
    text, shown = "", web_view.SEARCHING
    for event in events:
        if isinstance(event, Token):
            text += event.text
            shown = web_markdown.answer_markdown(text) + web_view.CURSOR
        elif isinstance(event, Waits):
            shown = web_view.waiting(event.before)
        elif isinstance(event, Found):
            shown = web_view.reading(len(event.sources))
        elif isinstance(event, Done | Refused):
            shown = web_markdown.answer_markdown(event.answer)
        place.markdown(shown)


def _stop(client: Client, conversation: str) -> None:
    try:
        client.stop(conversation)
    except Unanswered as exc:
        remark(str(exc))
