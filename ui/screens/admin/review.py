"""The review queue: answers that were not helpful, questions that could not be answered; each can become an answer."""

from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.admin.rows import ComplaintRow, GroupRow, HandedOver, LikedRow, TrainingRow
from app.client import Client
from ui import admin_view
from ui.screens.admin import answers
from ui.screens.admin.acting import act, draw_heading
from ui.web_markdown import answer_markdown, escaped

NO_COMPLAINTS = "Nobody has complained about an answer since you last looked."
NOTHING_PASSED_ON = "Nobody has passed a question on to HR that is still open."
NOTHING_HELPFUL = "No helpful answer waits for approval. Those that people mark as helpful are listed here."
NO_GROUPS = "No question that could not be answered was asked by three people yet."


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Review")
    complaints, groups, handed_over = admin.complaints(), admin.unanswered(), admin.handed_over()
    training = admin.for_training()
    labels = ("Not helpful", "Not answered", "Passed on to HR", "For training")
    counts = (len(complaints), len(groups), len(handed_over), len(training.waiting))
    first, second, third, fourth = st.tabs([f"{label} ({many})" for label, many in zip(labels, counts, strict=True)])
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
    with third:
        if not handed_over:
            st.info(NOTHING_PASSED_ON, icon=":material/task_alt:")
        for question in handed_over:
            _draw_handed_over(client, admin, question)
    with fourth:
        _draw_training(admin, training)


def _draw_training(admin: Admin, training: TrainingRow) -> None:
    st.caption(
        "Answers that people found helpful, without names. A model of your own learns only from those that you "
        "approve, at the next `frontdesk finetune data`. Approve none that is about a person."
    )
    if not training.waiting:
        st.info(NOTHING_HELPFUL, icon=":material/task_alt:")
    for one in training.waiting:
        _draw_helpful(admin, one, approved=False)
    for reason, many in training.against.items():
        st.caption(f"{admin_view.count(many, 'more helpful answer')} cannot be learned from: {escaped(reason)}.")
    if training.approved:
        st.subheader(f"Approved ({len(training.approved)})", anchor=False)
    for one in training.approved:
        _draw_helpful(admin, one, approved=True)


def _draw_helpful(admin: Admin, one: LikedRow, *, approved: bool) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(one.question)}**")
        st.markdown(answer_markdown(one.text))
        label, icon = ("Undo", "undo") if approved else ("Approve", "school")
        told = partial(_let_learn, admin, one.answer, approved=not approved)
        st.button(label, key=f"train {one.answer}", icon=f":material/{icon}:", on_click=act, args=(told,))


def _draw_handed_over(client: Client, admin: Admin, one: HandedOver) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(one.question)}**")
        if one.note:
            st.text(one.note)
        who = f"asked by {escaped(one.email)}" if one.email else "the asker stays unnamed"
        st.caption(f"{who} · {admin_view.moment(one.at)}")
        with st.container(horizontal=True):
            _offer_answer(client, one.question, f"passed on {one.id}")
            settled = partial(_settle, admin, one.id)
            st.button("Done", key=f"settle {one.id}", icon=":material/check:", on_click=act, args=(settled,))


def _settle(admin: Admin, question: str) -> str:
    admin.settle(question)
    return "Taken off the list."


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


def _let_learn(admin: Admin, answer: str, *, approved: bool) -> str:
    admin.let_learn(answer, approved=approved)
    return "Approved for training." if approved else "Taken out: no model learns from it any more."


def _deal_with(admin: Admin, answer: str) -> str:
    admin.deal_with(answer)
    return "Taken off the list. A new complaint about it brings it back."
