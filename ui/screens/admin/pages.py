"""The list of the admins' pages, for the navigation."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.client import Client
from ui.screens.admin import (
    answers,
    documents,
    health,
    insights,
    keys,
    logins,
    models,
    people,
    review,
    runs,
    sources,
)

PAGES: list[tuple[Callable[[Client], None], str, str, str]] = [
    (sources.draw, "Sources", "folder_open", "sources"),
    (runs.draw, "Runs", "sync", "runs"),
    (documents.draw, "Documents", "description", "documents"),
    (review.draw, "Review", "rate_review", "review"),
    (answers.draw, "Verified answers", "verified", answers.URL),
    (insights.draw, "Insights", "monitoring", "insights"),
    (models.draw, "Models", "smart_toy", "models"),
    (people.draw, "People and groups", "group", "people"),
    (logins.draw, "Logins", "login", "logins"),
    (keys.draw, "API keys", "key", "api-keys"),
    (health.draw, "Health", "monitor_heart", "health"),
]
CLOSED = "This page is for the admins of Frontdesk. If you need it, ask one of them to let you in."
TITLES = {url: title for _, title, _, url in PAGES}


def admin_pages(client: Client) -> list[st.Page]:
    """All of them. The server refuses their data to everybody else, whatever the navigation shows."""
    return [
        st.Page(partial(draw, client), title=title, icon=f":material/{icon}:", url_path=url)
        for draw, title, icon, url in PAGES
    ]


def closed_pages(chat: st.Page) -> list[st.Page]:
    """The same addresses for everybody else: in no list, and each says whom it is for."""
    return [
        st.Page(partial(_draw_closed, title, chat), title=title, url_path=url, visibility="hidden")
        for url, title in TITLES.items()
    ]


def _draw_closed(title: str, chat: st.Page) -> None:
    st.title(title, anchor=False)
    st.warning(CLOSED, icon=":material/lock:")
    st.page_link(chat, label="To the chat", icon=":material/chat:")
