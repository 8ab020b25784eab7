"""Asking before something is deleted."""

from collections.abc import Callable

import streamlit as st

from app.client import Unanswered
from ui import web_markdown


@st.dialog("Are you sure?", width="small")
def ask(question: str, act: Callable[[], None]) -> None:
    """Do it when the person says so."""
    st.markdown(web_markdown.escaped(question))
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key="confirmed"):
            try:
                act()
            except Unanswered as exc:
                st.error(web_markdown.escaped(str(exc)))
                return
            st.rerun()
        if st.button("Keep", key="not-confirmed"):
            st.rerun()
