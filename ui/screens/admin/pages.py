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

_PAGES: list[tuple[Callable[[Client], None], str, str, str]] = [
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
TITLES = {url: title for _, title, _, url in _PAGES}


def admin_pages(client: Client) -> list[st.Page]:
    """All of them. The server refuses their data to everybody else, whatever the navigation shows."""
    return [
        st.Page(partial(draw, client), title=title, icon=f":material/{icon}:", url_path=url)
        for draw, title, icon, url in _PAGES
    ]
