"""What went wrong, in one sentence."""

import streamlit as st

from ui import web_markdown


def draw_failure(message: str) -> None:
    """Say it, as plain text."""
    st.error(web_markdown.escaped(message), icon=":material/error:")


def remark(message: str) -> None:
    """Keep what went wrong at a click for the run that follows. No toast: screen readers find no name on it."""
    st.session_state["remark"] = message


def draw_remark() -> None:
    """Say what went wrong at the last click, once."""
    if message := st.session_state.pop("remark", ""):
        st.warning(web_markdown.escaped(message), icon=":material/warning:")
