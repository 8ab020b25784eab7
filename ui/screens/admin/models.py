"""The versions of the company's model: what answers now, how good each is, promoting one and taking that back."""

from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.admin.model_rows import ModelRow, ModelsRow
from app.client import Client, Unanswered
from ui import models_view
from ui.screens.admin.acting import act, draw_heading
from ui.web_markdown import escaped

_WHY = "why"
_EVERY = 2.0  # seconds between two looks while the server switches


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Models")
    found = admin.models()
    switches = models_view.is_switching(found)
    st.fragment(_draw_now, run_every=_EVERY if switches else None)(admin, found, was_switching=switches)
    if not found.versions:
        st.info(models_view.NONE_YET, icon=":material/flag:")
    for one in found.versions:
        _draw_version(admin, one, found)
    if found.events:
        st.subheader("What happened last", anchor=False)
        st.dataframe(models_view.event_rows(found.events), hide_index=True)


def _draw_now(admin: Admin, found: ModelsRow, *, was_switching: bool) -> None:
    if was_switching:
        found = admin.models()
        if not models_view.is_switching(found):
            st.rerun()
    draw = st.warning if found.fixed else st.info
    draw(models_view.answering(found), icon=":material/smart_toy:")
    if found.promoted and st.button("Roll back", icon=":material/undo:"):
        _confirm_back(admin, found)


def _draw_version(admin: Admin, one: ModelRow, found: ModelsRow) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(one.version)}**", width="content")
            st.badge(one.stands.capitalize(), color=models_view.COLOURS.get(one.stands, "gray"))  # type: ignore[arg-type]
        if one.described:
            st.text(one.described)
        st.caption(models_view.model_line(one))
        st.markdown(models_view.received_line(one))
        if one.version != found.promoted:
            st.markdown(models_view.verdict_line(one, found.promoted))
        for note in one.notes:
            st.warning(escaped(note), icon=":material/warning:")
        for judged in one.verdicts:
            with st.expander(f"Judged against {escaped(judged.against)}, {judged.at[:10]}: {judged.result}"):
                st.caption(escaped(judged.why))
                st.dataframe(models_view.measure_rows(judged), hide_index=True)
        with st.container(horizontal=True):
            if one.version != found.promoted and st.button(
                "Promote", key=f"promote {one.version}", icon=":material/publish:"
            ):
                _confirm(admin, one, found.promoted)
            if st.button("Model card", key=f"card {one.version}", icon=":material/article:"):
                _show_card(admin, one.version)


@st.dialog("Let this version answer?")
def _confirm(admin: Admin, one: ModelRow, serving: str) -> None:
    st.markdown(models_view.promotion_question(one, serving))
    if not one.shown_better:
        st.text_input("Why?", key=_WHY, max_chars=1000, placeholder="The old one is withdrawn")
    with st.container(horizontal=True):
        if st.button("Promote it", type="primary", on_click=act, args=(partial(_promote, admin, one),)):
            st.rerun()
        if st.button("Leave it"):
            st.rerun()


@st.dialog("Roll back?")
def _confirm_back(admin: Admin, found: ModelsRow) -> None:
    before = escaped(found.before) or models_view.QUOTES
    st.markdown(f"**{before}** will answer again in the place of **{escaped(found.promoted)}**, in seconds.")
    st.text_input("Why?", key=_WHY, max_chars=1000, placeholder="Answers in the wrong language")
    with st.container(horizontal=True):
        if st.button("Roll it back", type="primary", on_click=act, args=(partial(_roll_back, admin),)):
            st.rerun()
        if st.button("Leave it"):
            st.rerun()


@st.dialog("Model card", width="large")
def _show_card(admin: Admin, version: str) -> None:
    st.code(admin.card(version), language="markdown", wrap_lines=True)


def _promote(admin: Admin, one: ModelRow) -> str:
    why = admin.promote(one.version, "" if one.shown_better else _reason())
    return f"{escaped(one.version)} is promoted: {escaped(why)}."


def _roll_back(admin: Admin) -> str:
    now = admin.roll_back(_reason())
    return f"Rolled back to {escaped(now) or models_view.QUOTES}."


def _reason() -> str:
    """What was typed; read at the click, as nobody leaves a field before clicking."""
    if not (reason := str(st.session_state.get(_WHY, "")).strip()):
        raise Unanswered(models_view.SAY_WHY)
    return reason
