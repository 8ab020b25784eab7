"""A question on its way from the page: typed or chosen in one run, sent in the next, with the input locked."""

import time
from dataclasses import dataclass

import streamlit as st

from app.client import Client, Size, Unanswered
from ui import web_markdown, web_view

_ASKED, _DRAFT, _BEFORE = "asked", "draft", "asked-before"
_TWICE = 1.5  # seconds between two clicks that are one
_TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be asked. `replaces` is the number of the question that it takes the place of."""

    question: str
    replaces: int = 0
    model: str = ""


def take(question: str | None = None, replaces: int = 0, model: str = "") -> None:
    """Ask this, or what was typed, in the run that follows."""
    text = question if question is not None else st.session_state[_TYPED]
    asked, now = Asked(text, replaces, model), time.monotonic()
    before, at = st.session_state.get(_BEFORE, (None, 0.0))
    if asked != before or now - at > _TWICE:  # a double click asks once
        st.session_state[_ASKED] = asked
        st.session_state[_BEFORE] = (asked, now)
        st.session_state.pop("complaint", None)


def waiting() -> Asked | None:
    """What is to be asked, if anything is."""
    found: Asked | None = st.session_state.get(_ASKED)
    return found


def done() -> None:
    """It was asked, or will not be."""
    st.session_state.pop(_ASKED, None)


def edit(asked: Asked) -> None:
    """Put a question into the editor."""
    st.session_state[_DRAFT] = asked
    st.session_state.pop(f"{_DRAFT}-text", None)


def draft() -> Asked | None:
    """The question in the editor."""
    found: Asked | None = st.session_state.get(_DRAFT)
    return found


def leave_editor() -> None:
    """Close the editor; nothing is sent."""
    st.session_state.pop(_DRAFT, None)


def fits(client: Client, asked: Asked) -> bool:
    """Whether a question is small enough to be sent at once; else it is in the editor now, with the reason."""
    if len(asked.question) < web_view.SURELY_SHORT:
        return True
    try:
        size = client.measure(asked.question, asked.model)
    except Unanswered as exc:
        if exc.status != 422:  # what cannot be asked at all; anything else is no fault of the question
            raise
        edit(asked)
        return False
    if _is_large(size):
        edit(asked)
    return not _is_large(size)


def draw_editor(client: Client, place: int) -> bool:
    """The question as text to be changed, how large it is, and Send; whether it is drawn.

    `place` is the number of the question that stands here: the editor takes its place. 0: a new one's.
    """
    found = draft()
    if found is None or found.replaces != place:
        return False
    with st.container(border=True):
        text = st.text_area("Edit your question", found.question, key=f"{_DRAFT}-text", height=160)
        size, problem = _measured(client, text, found.model)
        if problem:
            st.error(web_markdown.escaped(problem))
        elif size:
            st.progress(min(1.0, size.used / size.most), web_view.meter(size))
            if _is_large(size):
                st.warning(web_view.LARGE)
        with st.container(horizontal=True):
            st.button("Send", type="primary", on_click=_send, args=(found, text, problem))
            st.button("Cancel", on_click=leave_editor)
    return True


def _is_large(size: Size) -> bool:
    return size.used * 2 > size.most


def _send(asked: Asked, measured: str, problem: str) -> None:
    text = st.session_state[f"{_DRAFT}-text"]  # the click itself may bring words that were not measured yet
    if problem and text == measured:
        return
    leave_editor()
    take(text, asked.replaces, asked.model)
    st.session_state["measured"] = text == measured


def _measured(client: Client, text: str, model: str) -> tuple[Size | None, str]:
    try:
        return client.measure(text, model), ""
    except Unanswered as exc:
        if exc.status != 422:
            raise
        return None, str(exc)
