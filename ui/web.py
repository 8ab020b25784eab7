"""The web front end. Streamlit runs this file from top to bottom on every click; it offers the pages and their client.

Started by `frontdesk web` or `frontdesk up`, which tell it where the server is and for whom it speaks. A page is a
function in `ui/screens/`, called with the client.
"""

import os
from functools import partial
from pathlib import Path

import streamlit as st

from app.client import Client, Unanswered
from ui import admin_view, web_view
from ui.screens import chat
from ui.screens.admin.pages import admin_pages, closed_pages
from ui.screens.failure import draw_failure
from ui.web_gate import House


@st.cache_resource(on_release=Client.close)
def _client(url: str, key_file: str, email: str) -> Client:
    """One client for each person, shared by the page's runs. It holds no answers."""
    return Client(url, Path(key_file).read_text().strip(), email)


@st.cache_resource(on_release=Client.close, ttl="30m", max_entries=1000, show_spinner=False)
def _session_client(url: str, token: str) -> Client:
    return Client(url, token)


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title=web_view.TITLE, page_icon=web_view.ICON, layout="centered")
    st.html(web_view.STYLE)
    try:
        client = _chosen_client()
        _pages(client).run()
    except (Unanswered, OSError) as exc:
        if isinstance(exc, Unanswered) and exc.status == 401:
            st.html(web_view.SESSION_ENDED)
            return
        draw_failure(str(exc) if isinstance(exc, Unanswered) else web_view.NO_KEY)
        if question := chat.kept_question():
            st.caption(web_view.kept(question))
        st.button("Try again", icon=":material/refresh:")


def _pages(client: Client) -> st.Page:
    """The page to draw. A new one is a line here and a file in `ui/screens/`."""
    me, draw = client.me(), chat.draw
    first = st.Page(partial(draw, client, me), title="Chat", icon=":material/chat:", url_path="chat", default=True)
    if admin_view.ADMINS not in me.audiences:
        return st.navigation([first, *closed_pages(first)], position="top")
    return st.navigation({"": [first], "Admin": admin_pages(client)}, position="top")


def _chosen_client() -> Client:
    url, key_file = os.environ["FRONTDESK_SERVER"], os.environ["FRONTDESK_KEY_FILE"]
    if os.environ.get("FRONTDESK_LOGIN", "none") != "none":
        return _signed_in_client(url)
    email = os.environ.get("FRONTDESK_AS", "")
    client = _client(url, key_file, email)
    if not client.ready()["demo"]:
        return client
    st.info(web_view.DEMO, icon=":material/science:")
    if email:
        return client
    people = {"": "Any employee, not signed in"} | client.people()
    with st.sidebar:
        chosen = st.selectbox(
            "Ask as",
            list(people),
            format_func=lambda one: people[one],
            key="person",
            on_change=chat.start_anew,
            bind="query-params",
        )
        st.caption(web_view.DEMO_PERSONS)
    return _client(url, key_file, chosen or "")


def _signed_in_client(url: str) -> Client:
    """Whoever the session in the browser's cookie belongs to; the server looks at it again at every request."""
    name = House(address=os.environ.get("FRONTDESK_WEB_URL", "")).cookie
    client = _session_client(url, st.context.cookies.get(name, ""))
    me = client.me()
    with st.sidebar:
        st.html(web_view.signed_in(me.name or me.email, by_password=os.environ["FRONTDESK_LOGIN"] == "local"))
    return client


main()
