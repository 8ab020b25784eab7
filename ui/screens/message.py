"""One message of a conversation: its text, how far to trust it, its sources, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.client import Client, Said, Unanswered
from ui import web_markdown, web_view
from ui.screens import asking, confirmation, hand_off, source
from ui.screens.failure import draw_failure, remark

AVATARS = {"user": ":material/person:", "assistant": ":material/support_agent:"}
_VERDICTS = ("bad", "good")  # as the thumbs are numbered


@dataclass(frozen=True, slots=True)
class About:
    """Where a message stands: its conversation, the question that it answers, the number of the last question."""

    conversation: str
    question: str
    last_question: int
    is_idle: bool


def draw(client: Client, said: Said, about: About) -> None:
    """Draw a question or an answer."""
    with st.chat_message(said.role, avatar=AVATARS[said.role]):
        if said.status == "failed":
            draw_failure(said.text)
        else:
            st.markdown(web_markdown.answer_markdown(said.text))
        if said.role == "user":
            _draw_steps_of_question(client, said, about)
            return
        _draw_sources(client, said)
        for line in web_view.below(said):
            st.caption(line)
        if about.is_idle:
            _draw_steps_of_answer(client, said, about)


def draw_suggestions(client: Client, conversation: str, answer: Said) -> None:
    """Questions that go on from the last answer."""
    if not answer.citations:
        return
    key = f"suggestions-{conversation}-{answer.number}"
    if key not in st.session_state:
        try:
            st.session_state[key] = client.suggestions(conversation)
        except Unanswered:  # the answer stands without them
            return
    if not st.session_state[key]:
        return
    st.caption("You could ask next")
    with st.container(gap=None):
        for place, question in enumerate(st.session_state[key]):
            name = f"{key}-{place}"
            _step(web_markdown.escaped(question), name, ":material/arrow_forward:", asking.take, (question,))


def _draw_sources(client: Client, said: Said) -> None:
    with st.container(gap=None):
        for citations in web_view.grouped(said.citations):
            label, name = web_view.source_label(citations[0]), f"said-{said.number}-{citations[0].number}"
            if st.button(label, key=name, type="tertiary", icon=":material/description:"):
                source.show(client, citations)


def _draw_steps_of_question(client: Client, said: Said, about: About) -> None:
    if not about.is_idle:
        return
    with st.container(horizontal=True, gap="small"):
        if said.number == about.last_question:
            _step(
                "Edit", f"edit-{said.number}", ":material/edit:", asking.edit, (asking.Asked(said.text, said.number),)
            )
        if st.button("Delete", key=f"delete-{said.number}", type="tertiary", icon=":material/delete:"):
            delete = partial(client.delete_turn, about.conversation, said.number)
            confirmation.ask(web_view.DELETE_TURN, delete)


def _draw_steps_of_answer(client: Client, said: Said, about: About) -> None:
    """Thumbs, and for the last answer: again, another way, or a person."""
    thumbs = f"thumbs-{about.conversation}-{said.number}"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if said.status != "failed":
            _draw_thumbs(client, said, about, thumbs)
        if said.number > about.last_question:
            _draw_ways_on(client, said, about)
    if st.session_state.get("thanked") == thumbs:
        st.caption(web_view.THANKS)
    if st.session_state.get("complaint") == thumbs:
        _draw_complaint(client, about.conversation, said.number)


def _draw_ways_on(client: Client, said: Said, about: About) -> None:
    again = (about.question, about.last_question)
    if said.status not in ("failed", "stopped"):  # else "Try again" stands below
        _step("Retry", f"retry-{said.number}", ":material/refresh:", asking.take, again)
    if said.made and said.made.model not in ("quoting", "verified", ""):
        _step("Quote instead", f"quote-{said.number}", ":material/format_quote:", asking.take, (*again, "quoting"))
    if st.button("Ask HR", key=f"hr-{said.number}", type="tertiary", icon=":material/forward_to_inbox:"):
        hand_off.show(client, about.question, said)


def _step(label: str, key: str, icon: str, act: Callable[..., None], args: tuple[object, ...]) -> None:
    st.button(label, key=key, type="tertiary", icon=icon, on_click=act, args=args)


def _draw_thumbs(client: Client, said: Said, about: About, key: str) -> None:
    known = _VERDICTS.index(said.verdict) if said.verdict else None
    st.feedback("thumbs", key=key, default=known, on_change=_rate, args=(client, about.conversation, said.number, key))


def _rate(client: Client, conversation: str, number: int, key: str) -> None:
    chosen = st.session_state[key]
    if chosen is None:
        return
    st.session_state["complaint"] = "" if chosen else key
    try:
        client.rate(conversation, number, _VERDICTS[chosen])
    except Unanswered as exc:
        remark(str(exc))
        return
    st.session_state["thanked"] = key


def _draw_complaint(client: Client, conversation: str, number: int) -> None:
    with st.form(f"complaint-{number}"):
        reason = st.selectbox("What was wrong?", web_view.REASONS, index=None, placeholder="Choose a reason")
        words = st.text_input("In your own words (optional)", max_chars=1500)
        if st.form_submit_button("Send"):
            client.rate(conversation, number, "bad", web_view.complaint(reason or "", words))
            st.session_state["complaint"] = ""
            st.rerun()
