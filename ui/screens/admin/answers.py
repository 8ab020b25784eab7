"""Verified answers: written by a person, approved, then given word for word; changed, deleted, imported."""

from datetime import date
from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.admin.rows import AnswerRow, Drafted
from app.client import Client
from ui import admin_view
from ui.screens.admin.acting import act, act_on_typed, choose_audience, draw_heading
from ui.web_markdown import escaped

URL = "verified-answers"
_DRAFT, _REPLACED, _UPLOADS = "draft", "replaced answer", "answer files"
_FIELDS = ("question", "answer", "owner", "sources", "expires")
_MOST_MIB = 16
NONE_YET = (
    "There are none yet. Write one for a question that people ask often, or that no document answers; once you approve "
    "it, it is given word for word, and marked."
)


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Verified answers")
    if _DRAFT in st.session_state:
        _draw_form(admin)
        return
    answers = admin.answers()
    if not answers:
        st.info(NONE_YET, icon=":material/flag:")
    st.button("Write one", type="primary", icon=":material/edit:", on_click=begin)
    for answer in answers:
        _draw_answer(admin, answer)
    _draw_files(admin)


def begin(question: str = "", answer: AnswerRow | None = None) -> None:
    """Open the form: empty, with a question, or with an answer to be changed."""
    st.session_state[_DRAFT] = answer or AnswerRow("", question, "", "", "everyone", (), None, "")
    st.session_state[_REPLACED] = answer.id if answer else ""


def _draw_answer(admin: Admin, answer: AnswerRow) -> None:
    words, colour = admin_view.stands(answer)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(answer.question)}**", width="content")
            st.badge(escaped(words), color=colour)  # type: ignore[arg-type]
        st.text(answer.answer)
        rests = f"rests on {', '.join(answer.sources)}" if answer.sources else "rests on no document"
        until = f"until {answer.expires}" if answer.expires else "without an end"
        parts = [f"for {answer.audience}", f"by {answer.owner}" if answer.owner else "", until, rests]
        st.caption(" · ".join(escaped(part) for part in parts if part))
        with st.container(horizontal=True):
            if answer.stands != "approved":
                let = partial(_approve, admin, answer)
                st.button("Approve", key=f"approve {answer.id}", type="primary", on_click=act, args=(let,))
            st.button("Change", key=f"change {answer.id}", on_click=begin, args=("", answer))
            if st.button("Delete", key=f"delete {answer.id}", icon=":material/delete:"):
                _confirm(admin, answer)


def _draw_form(admin: Admin) -> None:
    draft: AnswerRow = st.session_state[_DRAFT]
    st.subheader("Change an answer" if draft.id else "A new answer", anchor=False)
    with st.form("answer"):
        drafted = _drafted(admin, draft)
        if st.form_submit_button("Keep it for approval", type="primary"):
            ready = drafted.question and drafted.answer and drafted.audience
            missing = "" if ready else "A question, its answer and who may read it are needed."
            act_on_typed(partial(_propose, admin, drafted, st.session_state[_REPLACED]), missing)
    st.button("Back without keeping it", on_click=_close)


def _drafted(admin: Admin, draft: AnswerRow) -> Drafted:
    question = st.text_input("Question", draft.question, max_chars=1000, key="answer-question")
    answer = st.text_area("Answer", draft.answer, max_chars=10_000, height=160, key="answer-text")
    _, documents = admin.documents(most=200)
    names = {uri: uri for uri in draft.sources} | {one.uri: f"{one.title} ({one.uri})" for one in documents}
    sources = st.multiselect(
        "Documents that it rests on",
        list(names),
        list(draft.sources),
        format_func=lambda uri: names.get(uri, uri),
        accept_new_options=True,
        key="answer-sources",
        help="When one of them changes or goes, the answer is not given until somebody approves it again. Type the "
        "path of one that is not in the list.",
    )
    audience = choose_audience(admin.audiences(), "answer-audience", draft.audience)
    owner = st.text_input("Who answers for it", draft.owner, key="answer-owner", placeholder="hr@example.com")
    expires = st.date_input(
        "Its last day", date.fromisoformat(draft.expires) if draft.expires else None, key="answer-expires"
    )
    last = expires.isoformat() if isinstance(expires, date) else None
    return Drafted(question.strip(), answer.strip(), owner.strip(), audience, tuple(sources), last)


def _draw_files(admin: Admin) -> None:
    with st.expander("Import or export a table"):
        st.markdown("A CSV file with the columns `question,answer,owner,audience,sources,expires`.")
        st.download_button(
            "All answers",
            partial(admin.csv, "answers"),
            "answers.csv",
            "text/csv",
            on_click="ignore",
            key="answers-csv",
        )
        key = f"answers {st.session_state.get(_UPLOADS, 0)}"
        file = st.file_uploader("Answers", ["csv"], key=key, max_upload_size=_MOST_MIB)
        take = partial(_import, admin, file.getvalue() if file else b"")
        st.button("Import it", disabled=file is None, on_click=act, args=(take,))


@st.dialog("Delete this answer?")
def _confirm(admin: Admin, answer: AnswerRow) -> None:
    st.markdown(f"**{escaped(answer.question)}** is answered from the documents alone then.")
    with st.container(horizontal=True):
        if st.button("Delete it", type="primary", on_click=act, args=(partial(_delete, admin, answer),)):
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


def _propose(admin: Admin, drafted: Drafted, replaced: str) -> str:
    admin.propose(drafted, replaced)
    _close()
    return "Kept. It is given once somebody approves it."


def _close() -> None:
    del st.session_state[_DRAFT]


def _approve(admin: Admin, answer: AnswerRow) -> str:
    admin.approve(answer.id)
    return f"From now on {escaped(answer.audience)} is given this answer word for word."


def _delete(admin: Admin, answer: AnswerRow) -> str:
    admin.delete_answer(answer.id)
    return "Deleted."


def _import(admin: Admin, data: bytes) -> str:
    proposed = admin.import_answers(data)
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
    return f"{admin_view.count(proposed, 'answer')} new or changed; they wait for approval."
