"""Doing what an admin clicked: once, with one sentence about what came of it on the page that is drawn next."""

from collections.abc import Callable, Sequence

import streamlit as st

from app.admin.rows import AudienceRow
from app.client import Unanswered
from ui import admin_view, web_markdown, web_view

_SAID = "said of the last click"


def act(work: Callable[[], str]) -> None:
    """For `on_click`: do it and keep what it says; a refusal is said too."""
    try:
        st.session_state[_SAID] = (True, work())
    except Unanswered as exc:
        if exc.status == 401:
            raise
        st.session_state[_SAID] = (False, web_markdown.escaped(str(exc)))


def act_on_typed(work: Callable[[], str], missing: str = "") -> None:
    """For the click below typed words, in the page itself: a callback would get what stood there before.

    `missing` says what has to be filled in first, if anything.
    """
    if missing:
        st.session_state[_SAID] = (False, missing)
    else:
        act(work)
    st.rerun()


def draw_heading(title: str) -> None:
    """A page's title, and below it what came of the last click."""
    st.set_page_config(page_title=f"{title} - {web_view.TITLE}", layout="wide")
    st.title(title, anchor=False)
    draw_said()


def draw_said() -> None:
    """What came of the last click; also in a part of a page that is drawn alone."""
    went_well, said = st.session_state.pop(_SAID, (True, ""))
    if said:
        draw = st.success if went_well else st.error
        draw(said, icon=":material/check_circle:" if went_well else ":material/error:")


def choose_audience(audiences: Sequence[AudienceRow], key: str, chosen: str | None = None) -> str:
    """Who may read something; empty until it is chosen. A group that has no member yet can be typed."""
    members = {one.id: one.members for one in audiences}
    names = list(members)

    def shown(name: str) -> str:
        known = admin_view.count(members[name], "person").replace("persons", "people") if name in members else "new"
        return f"{name} ({known})"

    place = names.index(chosen) if chosen in members else None
    found = st.selectbox(
        admin_view.WHO,
        names,
        index=place,
        key=key,
        format_func=shown,
        accept_new_options=True,
        placeholder="Choose everyone or a group",
        help="everyone, group:NAME or slack:TEAM/CHANNEL. Whoever is in it later can read it from then on.",
    )
    return found or ""
