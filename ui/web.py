"""The chat page. Streamlit runs this file from top to bottom on every click; it draws what the server says.

Started by `frontdesk web` or `frontdesk up`, which tell it where the server is and for whom it speaks.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from app.client import Client, Me, Opened, Unanswered
from app.events import AnswerEvent, Citation, Done, Failed, Found, Refused, Token
from ui import web_view


@st.cache_resource
def _client(url: str, key_file: str, email: str) -> Client:
    """One client for each person, shared by the page's runs. It holds no answers."""
    return Client(url, Path(key_file).read_text().strip(), email)


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title=web_view.TITLE, page_icon=":material/support_agent:", layout="centered")
    st.title(web_view.TITLE)
    try:
        client = _chosen_client()
        me = client.me()
        ready = client.ready()
    except (Unanswered, OSError) as exc:
        st.error(
            str(exc) if isinstance(exc, Unanswered) else "The server's key cannot be read.",
            icon=":material/error:",
        )
        st.button("Try again")
        return
    if ready["demo"]:
        st.info("Demo: an invented company. None of its policies is yours.", icon=":material/science:")
    conversation = _conversation(client)
    _draw_said(client, conversation, me, int(ready["documents"]))
    _ask(client, conversation)


def _chosen_client() -> Client:
    url, key_file = os.environ["FRONTDESK_SERVER"], os.environ["FRONTDESK_KEY_FILE"]
    email = os.environ.get("FRONTDESK_AS", "")
    client = _client(url, key_file, email)
    if email or not client.ready()["demo"]:
        return client
    people = {"": "Any employee, not signed in"} | client.people()
    with st.sidebar:
        st.subheader("Try it as somebody else")
        chosen = st.selectbox(
            "Person", list(people), format_func=lambda one: people[one], key="person", on_change=_start_anew
        )
        st.caption("Only the demo offers this. What you may read depends on who you are.")
    return _client(url, key_file, chosen)


def _start_anew() -> None:
    st.query_params.clear()


def _conversation(client: Client) -> str:
    """The conversation whose id is in the address; forgotten where it is not ours."""
    with st.sidebar:
        if st.button("New conversation", icon=":material/add:", width="stretch"):
            _start_anew()
    found = st.query_params.get("conversation", "")
    if not found:
        return ""
    try:
        client.transcript(found)
    except Unanswered as exc:
        _start_anew()
        st.warning(web_view.LOST if exc.status else str(exc))
        return ""
    return found


def _draw_said(client: Client, conversation: str, me: Me, documents: int) -> None:
    said = client.transcript(conversation) if conversation else []
    if not said and "asked" not in st.session_state:
        st.markdown(web_view.EMPTY if documents else web_view.NO_DOCUMENTS)
        st.caption(web_view.who_can_see(me.name or me.email, me.audiences, me.documents))
        for example in web_view.EXAMPLES if documents else ():
            st.button(example, on_click=_take, args=(example,))
    for number, message in enumerate(said):
        with st.chat_message(message.role):
            st.markdown(web_view.answer_markdown(message.text))
            _draw_sources(client, message.citations, f"said-{number}")


def _take(example: str | None = None) -> None:
    """A question was typed or chosen; it is asked at the end of the run that follows, with the input locked."""
    st.session_state["asked"] = example or st.session_state["typed"]


def _ask(client: Client, conversation: str) -> None:
    question = st.session_state.get("asked", "")
    st.chat_input("Ask about a policy", key="typed", on_submit=_take, disabled=bool(question), max_chars=8000)
    if not question:
        return
    del st.session_state["asked"]
    with st.chat_message("user"):
        st.markdown(web_view.answer_markdown(question))
    with st.chat_message("assistant"):
        _stream(client.ask(question, conversation))
    if "failure" not in st.session_state:
        st.rerun()
    st.error(st.session_state.pop("failure"), icon=":material/error:")
    st.button("Try again", on_click=_take, args=(question,))


def _stream(events: Iterator[AnswerEvent]) -> None:
    """Draw an answer while it comes. It is in the conversation then, where the next run finds it."""
    place = st.empty()
    place.markdown("_Searching the documents ..._")
    text = ""
    try:
        for event in events:
            if isinstance(event, Found):
                st.query_params["conversation"] = event.conversation
            elif isinstance(event, Token):
                text += event.text
            elif isinstance(event, Done | Refused):
                text = event.answer
            elif isinstance(event, Failed):
                st.session_state["failure"] = f"{event.message} (error {event.error})"
            place.markdown(web_view.answer_markdown(text))
    except Unanswered as exc:
        st.session_state["failure"] = str(exc)


def _draw_sources(client: Client, citations: tuple[Citation, ...], key: str) -> None:
    for citation, quotes in web_view.grouped(citations):
        if st.button(web_view.source_label(citation), key=f"{key}-{citation.number}", type="tertiary"):
            _show_source(client, citation, quotes)


@st.dialog("Source", width="large")
def _show_source(client: Client, citation: Citation, quotes: list[str]) -> None:
    try:
        opened: Opened = client.opened(citation.chunk)
    except Unanswered as exc:
        st.warning(str(exc))
        return
    st.markdown(f"**{web_view.escaped(opened.title)}**")
    st.caption(web_view.escaped(" > ".join(part for part in (opened.uri, opened.heading) if part)))
    for text in (opened.before, opened.text, opened.after):
        if text:
            st.markdown(web_view.marked(text, quotes))
    if opened.contact:
        st.caption(f"Questions about this: {web_view.escaped(opened.contact)}")
    link = web_view.safe_link(citation.anchor)
    if link:
        st.link_button("Open in Slack", link)


main()
