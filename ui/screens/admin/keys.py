"""API keys: for programs of a person, shown once, with a scope and an end; revoking one."""

from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.admin.rows import KeyRow
from app.client import Client
from ui import admin_view
from ui.screens.admin.acting import act, act_on_typed, draw_heading
from ui.web_markdown import escaped

_NEW = "new key"
_SCOPES = {"ask": "Ask questions", "manage": "Do what admins do"}
_DAYS = {30: "30 days", 90: "90 days", 366: "A year"}
_COLOURS = {"valid": "green", "expired": "gray", "revoked": "red"}
NONE_YET = "There are none. A program that asks on behalf of a person needs one; make it below."


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("API keys")
    token = st.session_state.pop(_NEW, "")
    if token:
        st.warning("Copy the key now: it is shown this once. Treat it like a password.", icon=":material/key:")
        st.code(token, language=None)
    keys = admin.keys()
    if not keys:
        st.info(NONE_YET, icon=":material/flag:")
    for key in keys:
        _draw_key(admin, key)
    st.subheader("Make one", anchor=False)
    st.caption("It acts for you, and ends by itself.")
    with st.form("make-key"):
        name = st.text_input("What is it for?", key="key-name", max_chars=200, placeholder="Intranet search")
        scope = st.selectbox("What may it do?", list(_SCOPES), key="key-scope", format_func=_SCOPES.__getitem__)
        days = st.selectbox("How long?", list(_DAYS), 1, key="key-days", format_func=_DAYS.__getitem__)
        if st.form_submit_button("Make it", type="primary"):
            missing = "" if name.strip() else "Say what the key is for: it is what you know it by later."
            act_on_typed(partial(_make, admin, name.strip(), scope, days), missing)


def _draw_key(admin: Admin, key: KeyRow) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(key.name)}**", width="content")
            st.badge(key.stands.capitalize(), color=_COLOURS.get(key.stands, "gray"))  # type: ignore[arg-type]
        may = _SCOPES.get(key.scope, key.scope).lower()
        made, ends = admin_view.moment(key.created_at), admin_view.moment(key.expires_at)
        st.caption(f"of {escaped(key.email)} · may {may} · made {made} · ends {ends}")
        if key.stands == "valid" and st.button("Revoke", key=f"revoke {key.id}", icon=":material/block:"):
            _confirm(admin, key)


@st.dialog("Revoke this key?")
def _confirm(admin: Admin, key: KeyRow) -> None:
    st.markdown(f"**{escaped(key.name)}** opens nothing any more. A program that uses it stops working at once.")
    with st.container(horizontal=True):
        if st.button("Revoke it", type="primary", on_click=act, args=(partial(_revoke, admin, key),)):
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


def _make(admin: Admin, name: str, scope: str, days: int) -> str:
    st.session_state[_NEW] = admin.make_key(name, scope, days)
    return "The key is made."


def _revoke(admin: Admin, key: KeyRow) -> str:
    admin.revoke_key(key.id)
    return "Revoked."
