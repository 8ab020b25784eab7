"""What went wrong, in one sentence."""

import streamlit as st

from ui import web_view


def draw_failure(message: str) -> None:
    """Say it, as plain text."""
    st.error(web_view.escaped(message), icon=":material/error:")
