"""The people and their groups: a list, and replacing it by a CSV file after seeing what that changes."""

from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.client import Client, Unanswered
from ui import admin_view
from ui.screens.admin.acting import act, draw_heading
from ui.web_markdown import escaped

_MOST_MIB = 16
_UPLOADS = "people files"
NOBODY = "Nobody is known yet, so everybody is asked as an employee who is in no group. Import a CSV file below."


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("People and groups")
    people = admin.people()
    if not people:
        st.info(NOBODY, icon=":material/flag:")
    groups = admin_view.group_counts(people)
    if groups:
        st.caption("Groups: " + escaped(", ".join(f"{name} ({many})" for name, many in groups.items())))
    words = st.text_input("Find", key="person-words", placeholder="A name, an address or a group").casefold().strip()
    rows = [
        {"name": one.name, "address": one.email, "groups": ", ".join(one.groups), "country": one.country}
        for one in people
        if words in f"{one.name} {one.email} {' '.join(one.groups)}".casefold()
    ]
    st.dataframe(rows, hide_index=True)
    _draw_import(admin)


def _draw_import(admin: Admin) -> None:
    st.subheader("Import", anchor=False)
    st.markdown(
        "A CSV file with the columns `email,name,groups,country`; groups are parted by `;`. It replaces everybody, so "
        "begin with the present list."
    )
    st.download_button(
        "The present list",
        partial(admin.csv, "admin/people"),
        "people.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    key = f"people {st.session_state.get(_UPLOADS, 0)}"
    file = st.file_uploader("People", ["csv"], key=key, max_upload_size=_MOST_MIB)
    if file is None:
        return
    data = file.getvalue()
    try:
        change = admin.preview_people(data)
    except Unanswered as exc:
        st.error(escaped(str(exc)), icon=":material/error:")
        return
    st.markdown("This would change:")
    for line in admin_view.change_lines(change):
        st.markdown(f"- {line}")
    changes = bool(change.added or change.removed or change.changed)
    take = partial(_import, admin, data)
    st.button("Import it", type="primary", disabled=not changes, on_click=act, args=(take,))


def _import(admin: Admin, data: bytes) -> str:
    change = admin.import_people(data)
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
    return f"Imported: {len(change.added):,} new, {len(change.removed):,} removed, {len(change.changed):,} changed."
