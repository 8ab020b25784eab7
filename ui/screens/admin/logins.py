"""Logins: who comes in how, inviting and shutting out somebody; and what admins did, newest first."""

from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.admin.rows import AccountRow
from app.client import Client
from ui import admin_view
from ui.screens.admin.acting import act, act_on_typed, draw_heading
from ui.web_markdown import escaped

_LINK = "link to give"
_SHOWN = 50


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Logins")
    link = st.session_state.pop(_LINK, "")
    if link:
        st.warning("Give this link to the person: whoever opens it chooses the password.", icon=":material/link:")
        st.code(link, language=None)
    people, noted = st.tabs(["Who comes in", "What admins did"])
    with people:
        _draw_accounts(admin)
        _draw_inviting(admin)
    with noted:
        entries = admin.audit()
        rows = [
            {"when": admin_view.moment(one.at), "who": one.who, "what": one.what, "on": one.on, "reason": one.reason}
            for one in entries
        ]
        if not rows:
            st.info("Nothing was noted yet.")
        else:
            st.dataframe(rows, hide_index=True)


def _draw_accounts(admin: Admin) -> None:
    words = st.text_input("Find", key="account-words", placeholder="A name or an address").casefold().strip()
    found = [one for one in admin.accounts() if words in f"{one.name} {one.email}".casefold()]
    if len(found) > _SHOWN:
        st.caption(f"{len(found):,} people; the first {_SHOWN} are shown. Find somebody by name or address.")
    for account in found[:_SHOWN]:
        _draw_account(admin, account)


def _draw_account(admin: Admin, account: AccountRow) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(account.name or account.email)}**", width="content")
            if account.suspended:
                st.badge("Shut out", color="red")
            elif not account.signs_in:
                st.badge("Never signed in", color="gray")
        st.caption(escaped(account.email))
        with st.container(horizontal=True):
            if account.suspended:
                again = partial(_resume, admin, account)
                st.button("Let in again", key=f"resume {account.email}", on_click=act, args=(again,))
                return
            link = partial(_link, admin, account.email)
            st.button("Link for a new password", key=f"link {account.email}", on_click=act, args=(link,))
            if st.button("Shut out", key=f"suspend {account.email}", icon=":material/block:"):
                _confirm(admin, account)


def _draw_inviting(admin: Admin) -> None:
    st.subheader("Invite somebody", anchor=False)
    with st.form("invite"):
        email = st.text_input("Address", key="invited", max_chars=254, placeholder="new@example.com").strip()
        name = st.text_input("Name", key="invited-name", max_chars=200).strip()
        groups = st.text_input("Groups, parted by ;", key="invited-groups", placeholder="hr;managers")
        named = tuple(group.strip() for group in groups.split(";") if group.strip())
        if st.form_submit_button("Invite", type="primary"):
            missing = "" if "@" in email else "An e-mail address is needed, such as new@example.com."
            act_on_typed(partial(_invite, admin, email, name, named), missing)


@st.dialog("Shut this person out?")
def _confirm(admin: Admin, account: AccountRow) -> None:
    st.markdown(f"**{escaped(account.name or account.email)}** is signed out everywhere at once, keys included.")
    with st.container(horizontal=True):
        if st.button("Do it", type="primary", on_click=act, args=(partial(_suspend, admin, account),)):
            st.rerun()
        if st.button("Leave it"):
            st.rerun()


def _invite(admin: Admin, email: str, name: str, groups: tuple[str, ...]) -> str:
    st.session_state[_LINK] = admin.invite(email, name, groups)
    return f"{escaped(email)} is known now."


def _link(admin: Admin, email: str) -> str:
    st.session_state[_LINK] = admin.password_link(email)
    return "The link is made." if st.session_state[_LINK] else "Here nobody signs in with a password."


def _suspend(admin: Admin, account: AccountRow) -> str:
    admin.suspend(account.email)
    return f"{escaped(account.email)} is shut out."


def _resume(admin: Admin, account: AccountRow) -> str:
    admin.resume(account.email)
    return f"{escaped(account.email)} may come in again."
