"""Insights: how many questions, how they ended, how fast, from which documents, by which model; never words."""

from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.admin.insight_rows import InsightsRow
from app.client import Client
from ui import insights_view
from ui.screens.admin.acting import draw_heading

_SHOWN = 200  # documents; the file has all
_ROW, _HEAD, _NUMBER = 35, 38, 150  # pixels of a table's rows and head, and of a number


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Insights")
    periods = list(insights_view.PERIODS)
    days = st.radio(
        "Period", periods, periods.index(30), insights_view.PERIODS.__getitem__, key="period", horizontal=True
    )
    found = admin.insights(days)
    st.caption(f"{found.first} to {found.last}, days in UTC. Whoever deletes a conversation takes it out of all this.")
    if not found.total.asked:
        st.info(insights_view.NOBODY_ASKED, icon=":material/flag:")
    else:
        _draw_counts(admin, found, days)
        _draw_latency(admin, found, days)
        _draw_models(admin, found, days)
    _draw_documents(admin, found, days)
    if found.total.asked:
        _draw_drift(admin, days)


def _draw_counts(admin: Admin, found: InsightsRow, days: int) -> None:
    numbers = insights_view.metrics(found.total)
    with st.container(horizontal=True):
        for label, value, told in numbers:
            st.metric(label, value, help=told, border=True, width=_NUMBER)
    _draw_title(admin, "Questions a day", "days", days)
    st.bar_chart(
        insights_view.day_rows(found.days),
        x="day",
        y=list(insights_view.OUTCOMES),
        color=list(insights_view.OUTCOMES.values()),
        x_label="",
        y_label="questions",
        height=280,
        alt=insights_view.described(found),
    )


def _draw_latency(admin: Admin, found: InsightsRow, days: int) -> None:
    _draw_title(admin, "How fast", "latency", days)
    st.caption("From the question to this moment. p50: half of the questions were there sooner; p95: 95 of 100.")
    st.dataframe(insights_view.latency_rows(found.latency), hide_index=True)


def _draw_models(admin: Admin, found: InsightsRow, days: int) -> None:
    _draw_title(admin, "By model", "models", days)
    st.caption(
        "A promoted version has a line of its own: compare it with the one before. Refusals here are the model's own; "
        "where the documents hold too little, none is asked."
    )
    st.dataframe(insights_view.model_rows(found.models), hide_index=True)


def _draw_documents(admin: Admin, found: InsightsRow, days: int) -> None:
    if found.used:
        _draw_title(admin, f"Cited documents ({len(found.used):,})", "used", days)
        _draw_table(insights_view.document_rows(found.used[:_SHOWN]))
    _draw_title(admin, f"Never cited ({len(found.unused):,})", "unused", days)
    if not found.unused:
        st.caption(insights_view.NOT_CITED)
        return
    st.caption("No answer of these days cites them. They may be about what nobody asks, or hard to find: try one.")
    _draw_table(insights_view.document_rows(found.unused[:_SHOWN]))


def _draw_drift(admin: Admin, days: int) -> None:
    st.subheader("Do people ask about what is written?", anchor=False)
    with st.spinner("Comparing the questions with the documents ..."):
        found = admin.drift(days)
    st.markdown(insights_view.drift_line(found, days))


def _draw_table(rows: list[dict[str, object]]) -> None:
    st.dataframe(rows, hide_index=True, height=min(10, len(rows)) * _ROW + _HEAD)


def _draw_title(admin: Admin, title: str, table: str, days: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(title, anchor=False, width="stretch")
        st.download_button(
            "As a table",
            partial(admin.csv, f"insights/{table}", days=days),
            f"frontdesk-{table}.csv",
            "text/csv",
            icon=":material/download:",
            key=f"csv {table}",
            help=insights_view.TABLES[table],
            type="tertiary",
            on_click="ignore",
        )
