"""The review queue: answers that were not helpful, questions that could not be answered; each can become an answer."""

from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.admin.rows import ComplaintRow, GroupRow
from app.client import Client
from ui import admin_view
from ui.screens.admin import answers
from ui.screens.admin.acting import act, draw_heading
from ui.web_view import answer_markdown, escaped

NO_COMPLAINTS = "Nobody has complained about an answer since you last looked."
NO_GROUPS = "No question that could not be answered was asked by three people yet."


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Review")
    complaints, groups = admin.complaints(), admin.unanswered()
    first, second = st.tabs([f"Not helpful ({len(complaints)})", f"Not answered ({len(groups)})"])
    with first:
        st.caption("Without names. What is closed to you, or deleted since, is not shown.")
        if not complaints:
            st.info(NO_COMPLAINTS, icon=":material/task_alt:")
        for one in complaints:
            _draw_complaint(client, admin, one)
    with second:
        st.caption("Of the last 90 days, like questions together; shown once three different people asked.")
        if not groups:
            st.info(NO_GROUPS, icon=":material/task_alt:")
        for number, group in enumerate(groups):
            _draw_group(client, group, number)


def _draw_complaint(client: Client, admin: Admin, one: ComplaintRow) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(one.question)}**")
        st.markdown(answer_markdown(one.text))
        for reason in one.reasons:
            st.markdown(f"_{escaped(' '.join(reason.split()))}_")
        refused = "refused · " if one.status == "refused" else ""
        people = admin_view.count(one.people, "person").replace("persons", "people")
        st.caption(f"{refused}not helpful to {people}, last {admin_view.moment(one.at)}")
        with st.container(horizontal=True):
            _offer_answer(client, one.question, f"answer {one.answer}")
            done = partial(_deal_with, admin, one.answer)
            st.button("Done", key=f"done {one.answer}", icon=":material/check:", on_click=act, args=(done,))


def _draw_group(client: Client, group: GroupRow, number: int) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(group.question)}**")
        st.caption(f"asked {admin_view.count(group.times, 'time')} by {group.askers:,} people")
        _offer_answer(client, group.question, f"group {number}")


def _offer_answer(client: Client, question: str, key: str) -> None:
    if st.button("Write a verified answer", key=key, icon=":material/edit:"):
        answers.begin(question)
        st.switch_page(st.Page(partial(answers.draw, client), title="Verified answers", url_path=answers.URL))


def _deal_with(admin: Admin, answer: str) -> str:
    admin.deal_with(answer)
    return "Taken off the list. A new complaint about it brings it back."
