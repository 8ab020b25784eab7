"""Passing a question on to a person in HR."""

import streamlit as st

from app.client import Client, Said, Unanswered
from ui import web_markdown, web_view


@st.dialog("Ask HR", width="medium")
def show(client: Client, question: str, answer: Said) -> None:
    """The question, a note, whether one's name may be seen; or an e-mail from one's own program."""
    contact = _contact(client, answer)
    st.markdown(web_view.hand_off(contact))
    text = st.text_area("Your question", question, max_chars=8000)
    note = st.text_area("What HR should know beside it (optional)", max_chars=2000)
    email = client.me().email
    named = st.checkbox(web_view.named(email), disabled=not email)
    with st.container(horizontal=True):
        if st.button("Send to HR", type="primary", disabled=not text.strip()):
            try:
                client.pass_on(text, note, contact, named=named)
            except Unanswered as exc:
                st.error(web_markdown.escaped(str(exc)))
                return
            st.success(web_view.PASSED_ON)
        if link := web_view.mailto(contact, text):
            st.link_button("Write an e-mail instead", link, icon=":material/mail:")


def _contact(client: Client, answer: Said) -> str:
    """Whom the first cited document names; nobody where it is gone."""
    if answer.citations:
        try:
            return client.opened(answer.citations[0].chunk).contact
        except Unanswered:
            return ""
    return web_view.contact_in(answer.text)
