"""The chat: a conversation with its answers, their sources, and where to ask."""

from collections.abc import Iterator, Sequence

import streamlit as st

from app.client import Client, Said, Unanswered
from app.events import AnswerEvent, Citation, Done, Failed, Refused, Token, Waits
from ui import web_view
from ui.screens.failure import draw_failure

_AVATARS = {"user": ":material/person:", "assistant": ":material/support_agent:"}


def draw(client: Client) -> None:
    """Draw the page."""
    st.title(web_view.TITLE, anchor=False)
    st.sidebar.button("New conversation", icon=":material/add:", width="stretch", on_click=start_anew)
    conversation, said = _conversation(client)
    if not said and "asked" not in st.session_state:
        with st.empty().container():
            _draw_hints(client)
    for number, message in enumerate(said):
        _draw_message(client, message, f"said-{number}")
    _ask(client, conversation, web_view.unanswered(said))


def start_anew() -> None:
    """Leave the conversation, and what was asked in it."""
    st.query_params.pop("conversation", None)
    st.session_state.pop("asked", None)


def _conversation(client: Client) -> tuple[str, list[Said]]:
    """The conversation whose id is in the address; forgotten where it is not ours."""
    found = st.query_params.get("conversation", "")
    try:
        return found, client.transcript(found) if found else []
    except Unanswered as exc:
        if exc.status not in (403, 404):
            raise
    start_anew()
    st.warning(web_view.LOST)
    return "", []


def _draw_hints(client: Client) -> None:
    me, ready = client.me(), client.ready()
    st.markdown(web_view.EMPTY if ready["documents"] else web_view.NO_DOCUMENTS)
    st.caption(web_view.who_can_see(me.name or me.email, me.audiences, me.documents))
    examples = web_view.DEMO_EXAMPLES if ready["demo"] else web_view.EXAMPLES
    for example in examples if ready["documents"] else ():
        st.button(example, on_click=_take, args=(example,))


def _draw_message(client: Client, message: Said, key: str) -> None:
    with st.chat_message(message.role, avatar=_AVATARS[message.role]):
        if message.status == "failed":
            draw_failure(message.text)
            return
        st.markdown(web_view.answer_markdown(message.text))
        if message.status == "stopped":
            st.caption(web_view.STOPPED)
        elif message.status == "verified":
            st.caption(web_view.VERIFIED)
        elif message.status == "quoted":
            st.caption(web_view.FELL_BACK)
        elif message.status == "answered" and not message.citations:
            st.caption(web_view.NO_SOURCE)
        with st.container(gap=None):
            for citations in web_view.grouped(message.citations):
                label, name = web_view.source_label(citations[0]), f"{key}-{citations[0].number}"
                if st.button(label, key=name, type="tertiary", icon=":material/description:"):
                    _show_source(client, citations)


def _take(example: str | None = None) -> None:
    """A question was typed or chosen; it is asked at the end of the run that follows, with the input locked."""
    st.session_state["asked"] = example or st.session_state["typed"]


def _ask(client: Client, conversation: str, unanswered: str) -> None:
    question = st.session_state.pop("asked", "")
    st.chat_input("Ask about a policy", key="typed", on_submit=_take, disabled=bool(question), max_chars=8000)
    if question:
        with st.chat_message("user", avatar=_AVATARS["user"]):
            st.markdown(web_view.answer_markdown(question))
        with st.chat_message("assistant", avatar=_AVATARS["assistant"]):
            failure = _stream(client.ask(question, conversation))
            if not failure:
                st.rerun()
            draw_failure(failure)
    if question or unanswered:
        st.button("Try again", on_click=_take, args=(question or unanswered,), icon=":material/refresh:")


def _stream(events: Iterator[AnswerEvent]) -> str:
    """Draw an answer while it comes; returns why it failed, if it did. Later runs find it in the conversation."""
    place = st.empty()
    place.markdown("_Searching the documents ..._")
    text = failure = ""
    try:
        for event in events:
            if isinstance(event, Token):
                text += event.text
                place.markdown(web_view.answer_markdown(text))
                continue
            st.query_params["conversation"] = event.conversation
            if isinstance(event, Waits):
                place.markdown(web_view.waiting(event.before))
            elif isinstance(event, Done | Refused):
                place.markdown(web_view.answer_markdown(event.answer))
            elif isinstance(event, Failed):
                failure = f"{event.message} (error {event.error})"
    except Unanswered as exc:
        failure = str(exc)
    if failure:
        place.empty()
    return failure


@st.dialog("Source", width="medium")
def _show_source(client: Client, citations: Sequence[Citation]) -> None:
    """The passage with what stands around it, and each further place that the answer quotes under its number."""
    shown, quotes = "", [citation.quote for citation in citations]
    try:
        for citation in citations:
            if shown and citation.quote in shown:
                continue
            opened = client.opened(citation.chunk)
            if not shown:
                st.markdown(f"**{web_view.escaped(opened.title)}**")
            st.caption(web_view.escaped(" > ".join(part for part in (opened.uri, opened.heading) if part)))
            for text in filter(None, (opened.before, opened.text, opened.after)):
                st.markdown(web_view.marked(text, quotes))
                shown += text + "\n\n"
            if opened.contact:
                st.markdown(f"Questions about this: {web_view.escaped(opened.contact)}")
    except Unanswered as exc:
        st.warning(web_view.escaped(str(exc)))
    for link in dict.fromkeys(filter(None, (web_view.safe_link(citation.anchor) for citation in citations))):
        st.link_button("Open in Slack", link, icon=":material/open_in_new:")
