"""The runs: how far they are, live; pausing, cancelling, going on; what could not be read and what to do."""

from functools import partial
from itertools import groupby

import streamlit as st

from app.admin.client import Admin
from app.admin.rows import RunRow
from app.client import Client
from ui import admin_view
from ui.screens.admin.acting import act, draw_heading, draw_said
from ui.web_markdown import escaped

_SHOWN = 20
_FAILURES = 50
_EVERY = 2.0  # seconds between two looks at a run that goes on
_GOES_ON = ("paused", "interrupted", "failed", "cancelled")
NONE_YET = "Nothing was read yet. Add documents on the page *Sources*; you see here how far they are."


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Runs")
    running = any(run.state == "running" for run in admin.runs()[:_SHOWN])
    st.fragment(_draw_runs, run_every=_EVERY if running else None)(admin, was_running=running)
    _draw_failures(admin)


def _draw_runs(admin: Admin, *, was_running: bool) -> None:
    runs = admin.runs()[:_SHOWN]
    if was_running != any(run.state == "running" for run in runs):
        st.rerun()  # the whole page: this part begins or ends to look again by itself, and failures are known
    draw_said()
    if not runs:
        st.info(NONE_YET, icon=":material/flag:")
    newest: set[str] = set()
    for run in runs:
        _draw_run(admin, run, is_newest=run.source not in newest)
        newest.add(run.source)


def _draw_run(admin: Admin, run: RunRow, *, is_newest: bool) -> None:
    words, colour = admin_view.STATES.get(run.state, (run.state, "gray"))
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(run.source)}**", width="content")
            st.badge(words, color=colour)  # type: ignore[arg-type]
            st.caption(f"Run {run.id}", width="content")
        st.caption(admin_view.run_line(run))
        if run.state == "running":
            st.progress(*admin_view.progress(run))
            with st.container(horizontal=True):
                for wish, label in (("pause", "Pause"), ("cancel", "Cancel")):
                    told = partial(_wish, admin, run, wish)
                    st.button(label, key=f"{wish} {run.id}", on_click=act, args=(told,))
        elif is_newest and run.state in _GOES_ON:
            go_on = partial(_ingest, admin, run.source, retry_failed=False)
            st.button("Go on", key=f"go on {run.id}", icon=":material/play_arrow:", on_click=act, args=(go_on,))
        elif is_newest and run.counts.get("failed"):
            again = partial(_ingest, admin, run.source, retry_failed=True)
            st.button("Try failed again", key=f"again {run.id}", icon=":material/replay:", on_click=act, args=(again,))


def _draw_failures(admin: Admin) -> None:
    failures = admin.failures()
    if not failures:
        return
    st.subheader("What could not be read", anchor=False)
    st.caption("The rest is answerable. Each says why, and what to do; then ingest its source again.")
    for source, of_source in groupby(failures, key=lambda one: one.uri.partition("/")[0]):
        files = list(of_source)
        with st.container(border=True):
            st.markdown(f"**{escaped(source)}**: {admin_view.count(len(files), 'file')}")
            for one in files[:_FAILURES]:
                st.markdown(f"{escaped(one.uri)}: {escaped(one.reason)}")
            if files[_FAILURES:]:
                st.caption(f"and {len(files) - _FAILURES:,} more, on the page Sources")


def _wish(admin: Admin, run: RunRow, wish: str) -> str:
    admin.wish(run.id, wish)
    words = {"pause": "pauses after the document it is at; go on later", "cancel": "stops after the document it is at"}
    return f"Run {run.id} {words[wish]}."


def _ingest(admin: Admin, source: str, *, retry_failed: bool) -> str:
    run = admin.ingest(source, retry_failed=retry_failed)
    return f"{escaped(run.source)} is being read."
