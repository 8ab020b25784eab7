"""A source that an answer cites: the passage in its context, and where it comes from."""

from collections.abc import Sequence

import streamlit as st

from app.client import Client, Opened, Unanswered
from app.events import Citation
from ui import web_markdown, web_view


@st.dialog("Source", width="medium")
def show(client: Client, citations: Sequence[Citation]) -> None:
    """The passage with what stands around it, and each further place that the answer quotes under its number."""
    shown, quotes = "", [citation.quote for citation in citations]
    try:
        for citation in citations:
            if shown and citation.quote in shown:
                continue
            opened = client.opened(citation.chunk)
            if not shown:
                st.markdown(f"**{web_markdown.escaped(opened.title)}**")
            st.caption(web_view.place(opened, citation))
            for text in filter(None, (opened.before, opened.text, opened.after)):
                st.markdown(web_markdown.marked(text, quotes))
                shown += text + "\n\n"
            _draw_origin(client, opened, citation)
    except Unanswered as exc:
        st.warning(web_markdown.escaped(str(exc)))
    for link in dict.fromkeys(filter(None, (web_view.safe_link(citation.anchor) for citation in citations))):
        st.link_button("Open in Slack", link, icon=":material/open_in_new:")


def _draw_origin(client: Client, opened: Opened, citation: Citation) -> None:
    for line in web_view.origin(opened, citation):
        st.caption(line)
    if opened.has_original:
        name = opened.uri.rpartition("/")[2]
        st.download_button(
            "Open original",
            data=lambda: client.original(citation.chunk),
            file_name=name,
            mime="application/octet-stream",
            key=f"original-{citation.chunk}",
            icon=":material/download:",
            on_click="ignore",
        )
