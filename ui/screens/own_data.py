"""What is kept about oneself: for how long, who else looked, and deleting it. For whoever is signed in."""

import streamlit as st

from app.client import Client, Unanswered
from ui import own_data_view
from ui.screens import talks
from ui.screens.failure import remark

_GONE, _SURE = "own-data-gone", "own-data-sure"


def draw_entry(client: Client, keep_days: int) -> None:
    """The way to it, in the sidebar; and what came of a deletion."""
    with st.sidebar:
        gone = st.session_state.pop(_GONE, None)
        if gone is not None:
            st.success(own_data_view.gone(gone), icon=":material/check_circle:")
        if st.button("Your data", key="own-data", icon=":material/shield_person:", type="tertiary"):
            _open(client, keep_days)


@st.dialog("Your data")
def _open(client: Client, keep_days: int) -> None:
    st.markdown(own_data_view.kept(keep_days))
    seen = client.seen_by_others()
    if seen:
        st.markdown("**What admins did that is about you**")
        for one in seen[:20]:
            st.markdown(f"- {own_data_view.seen_line(one)}")
    else:
        st.caption(own_data_view.NOBODY_LOOKED)
    st.divider()
    st.markdown(own_data_view.DELETED)
    st.checkbox("Yes, delete all of it. It cannot be brought back.", key=_SURE)
    if st.button("Delete my data", type="primary", icon=":material/delete:", on_click=_delete, args=(client,)):
        st.rerun()


def _delete(client: Client) -> None:
    if not st.session_state.get(_SURE):
        remark(own_data_view.NOT_SURE)
        return
    try:
        st.session_state[_GONE] = client.forget_all()
    except Unanswered as exc:
        remark(str(exc))
    else:
        talks.leave()
