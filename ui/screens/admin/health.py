"""How Frontdesk is: what is wrong first, then numbers, versions, and the settings with their origin."""

import streamlit as st

from app.admin.client import Admin
from app.client import Client
from ui import admin_view
from ui.screens.admin.acting import draw_heading
from ui.web_markdown import escaped


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Health")
    found = admin.health()
    if not found.wrong:
        st.success("All is well.", icon=":material/check_circle:")
    for sentence in found.wrong:
        st.warning(escaped(sentence), icon=":material/warning:")
    facts = {
        "Documents": f"{found.documents:,}",
        "Passages": f"{found.chunks:,}",
        "In the index": f"{found.indexed:,}",
        "Free on the disk": admin_view.size(found.disk_free),
    }
    for column, (name, value) in zip(st.columns(len(facts)), facts.items(), strict=True):
        column.metric(name, value)
    behind = (
        f"{found.behind:,} changes behind; the next question brings it up to date" if found.behind else "up to date"
    )
    st.caption(f"Index: {escaped(found.index)}, {behind} · answers come from: {escaped(', '.join(found.answers_from))}")
    st.caption(f"Embedder: {escaped(found.embedder)}")
    st.subheader("Settings", anchor=False)
    st.caption("They are read once, at the start, from the environment and frontdesk.toml. Secrets are not shown.")
    rows = [
        {"setting": one.name, "value": one.value, "from": one.origin, "what it decides": one.meaning}
        for one in admin.settings()
    ]
    st.dataframe(rows, hide_index=True, height=500)
    st.subheader("Versions", anchor=False)
    st.caption(" · ".join(f"{escaped(name)} {escaped(version)}" for name, version in found.versions.items()))
