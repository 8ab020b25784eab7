"""The sidebar's list of one's own conversations: search, open, rename, delete."""

import streamlit as st

from app.client import Client, Talk, Unanswered
from ui import web_markdown, web_view
from ui.screens import asking, confirmation
from ui.screens.failure import remark

_SHOWN = 30


def draw_list(client: Client, current: str) -> None:
    """Draw it in the sidebar."""
    with st.sidebar:
        st.button("New conversation", icon=":material/add:", width="stretch", on_click=leave)
        words = st.text_input(
            "Search your conversations",
            key="search-talks",
            placeholder="Search",
            icon=":material/search:",
            label_visibility="collapsed",
        )
        found = client.conversations(words)
        if not found:
            _draw_none(client, words)
        with st.container(gap=None):
            for talk in found[:_SHOWN]:
                _draw_entry(talk, is_current=talk.id == current)
        if len(found) > _SHOWN:
            st.caption(web_view.more_talks(len(found) - _SHOWN))
        chosen = next((talk for talk in found if talk.id == current), None)
        if chosen:
            _draw_steps(client, chosen)


def _draw_none(client: Client, words: str) -> None:
    if words:
        st.caption(web_view.NO_MATCH)
    else:
        st.caption(web_view.NO_TALKS if client.me().email else web_view.NOT_LISTED)


def leave() -> None:
    """Leave the conversation, and what was asked in it."""
    st.query_params.pop("conversation", None)
    asking.done()
    asking.leave_editor()


def _draw_entry(talk: Talk, *, is_current: bool) -> None:
    icon = ":material/tag:" if talk.place.startswith("slack:") else ":material/chat_bubble:"
    st.button(
        web_view.talk_label(talk, is_current=is_current),
        key=f"talk-{talk.id}",
        type="tertiary",
        icon=icon,
        help=web_markdown.escaped(talk.title) if web_view.is_cut(talk) else None,
        on_click=_open,
        args=(talk.id,),
    )


def _open(conversation: str) -> None:
    leave()
    st.query_params["conversation"] = conversation


def _draw_steps(client: Client, talk: Talk) -> None:
    with st.expander("This conversation", icon=":material/more_horiz:"):
        key = f"title-{talk.id}"
        st.text_input("Title", talk.title, key=key, max_chars=120, on_change=_rename, args=(client, talk.id, key))
        if st.button("Delete conversation", icon=":material/delete:", width="stretch"):
            confirmation.ask(web_view.DELETE_TALK, lambda: _forget(client, talk.id))


def _rename(client: Client, conversation: str, key: str) -> None:
    title = st.session_state[key].strip()
    if not title:
        return
    try:
        client.rename(conversation, title)
    except Unanswered as exc:
        remark(str(exc))


def _forget(client: Client, conversation: str) -> None:
    client.forget(conversation)
    leave()
