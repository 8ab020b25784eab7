"""The documents: finding one, what can be found of it, who can read it, deleting it with a receipt; near copies."""

import json
from functools import partial

import streamlit as st

from app.admin.client import Admin
from app.admin.rows import DocumentRow
from app.client import Client, Unanswered
from ui import admin_view
from ui.screens.admin.acting import act, draw_heading
from ui.web_markdown import escaped

_PER_PAGE = 20
_CHOSEN, _RECEIPT, _FIRST = "chosen document", "last receipt", "first document"
_ANY = "Any"
NONE_MATCH = "No document matches. Take a word out, or choose Any."


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Documents")
    _draw_receipt()
    chosen = st.session_state.get(_CHOSEN)
    if chosen and _draw_document(admin, chosen):
        return
    _draw_list(admin)


def _draw_list(admin: Admin) -> None:
    sources, audiences = [one.name for one in admin.sources()], [one.id for one in admin.audiences() if one.documents]
    if not sources:
        st.info(admin_view.FIRST_STEPS.replace("below", "on the page *Sources*"), icon=":material/flag:")
        return
    columns = st.columns([3, 2, 2])
    words = columns[0].text_input("Words in the title or path", key="words", on_change=_to_the_first)
    source = columns[1].selectbox("Source", [_ANY, *sources], key="source", on_change=_to_the_first)
    audience = columns[2].selectbox("Audience", [_ANY, *audiences], key="audience", on_change=_to_the_first)
    flagged = st.toggle("Only those that somebody should look at", key="flagged", on_change=_to_the_first)
    first = st.session_state.get(_FIRST, 0)
    within = {"source": "" if source == _ANY else source, "audience": "" if audience == _ANY else audience}
    total, documents = admin.documents(**within, words=words, flagged=flagged, first=first, most=_PER_PAGE)
    _draw_above(admin, total)
    if not documents:
        st.info(NONE_MATCH)
    with st.container(gap="small"):
        for document in documents:
            _draw_row(document)
    _draw_pages(first, total)
    if st.button("Look for near copies", icon=":material/content_copy:", help="Reads all documents; takes a while."):
        _draw_copies(admin)


def _draw_above(admin: Admin, total: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(admin_view.count(total, "document"), width="stretch")
        st.download_button(
            "As a table",
            partial(admin.csv, "admin/documents"),
            "documents.csv",
            "text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def _draw_row(document: DocumentRow) -> None:
    with st.container(border=True, gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = escaped(document.title) or escaped(document.uri)
            st.button(
                f"**{title}**", key=f"open {document.uri}", type="tertiary", on_click=_choose, args=(document.uri,)
            )
            if document.stands != "in force":
                st.badge(document.stands.capitalize(), color="orange")
            if document.concerns:
                st.badge("Look at it", color="red", icon=":material/flag:")
        st.caption(admin_view.document_line(document))


def _draw_pages(first: int, total: int) -> None:
    if total <= _PER_PAGE:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Earlier", disabled=not first, on_click=_go_to, args=(first - _PER_PAGE,))
        st.caption(f"{first + 1:,} to {min(first + _PER_PAGE, total):,} of {total:,}", width="content")
        st.button("Later", disabled=first + _PER_PAGE >= total, on_click=_go_to, args=(first + _PER_PAGE,))


def _draw_copies(admin: Admin) -> None:
    groups = admin.near_copies()
    if not groups:
        st.success("No two documents are nearly the same.")
    for number, group in enumerate(groups):
        with st.container(border=True, gap=None):
            for copy in group:
                label = f"{escaped(copy.uri)} ({copy.similarity:.0%})"
                st.button(label, key=f"copy {number} {copy.uri}", type="tertiary", on_click=_choose, args=(copy.uri,))


def _draw_document(admin: Admin, uri: str) -> bool:
    """Draw one; whether it is still there."""
    _, found = admin.documents(uri=uri)
    document = next(iter(found), None)
    if document is None:
        _choose("")
        return False
    st.button("All documents", icon=":material/arrow_back:", on_click=_choose, args=("",))
    st.subheader(escaped(document.title), anchor=False)
    st.caption(admin_view.document_line(document))
    changed, version = admin_view.moment(document.updated_at), document.version
    st.caption(
        f"Version {version}, changed {changed}" + (f" · ask {escaped(document.contact)}" if document.contact else "")
    )
    if document.stands != "in force":
        st.warning(f"It is {document.stands}: it answers only questions about its time.", icon=":material/event:")
    if document.concerns:
        st.warning(
            "What to look at: " + escaped("; ".join(document.concerns)) + ". Hidden data is shown to nobody; a passage "
            "that speaks to a language model is treated as text, but see who wrote it.",
            icon=":material/flag:",
        )
    text, readers, delete = st.tabs(["What can be found of it", "Who can read it", "Delete"])
    with text:
        for passage in admin.passages(uri):
            with st.container(border=True):
                if passage.heading:
                    st.caption(escaped(passage.heading))
                st.text(passage.text)
    with readers:
        _draw_access(admin, uri)
    with delete:
        st.markdown("No answer uses it from then on, and it leaves old answers and the indexes too.")
        if st.button("Delete this document", icon=":material/delete:"):
            _confirm(admin, document)
    return True


def _draw_access(admin: Admin, uri: str) -> None:
    names = {one.email: one.name for one in admin.people()}
    email = st.selectbox(
        "Can this person read it?",
        ["", *names],
        key="about",
        format_func=lambda one: f"{names[one]} ({one})" if one else "Choose a person",
    )
    found = admin.access(uri, email)
    if found.allowed is not None:
        draw = st.success if found.allowed else st.error
        draw(" ".join(map(escaped, found.person)))
    st.markdown(f"It is for **{escaped(found.audience)}**.")
    for reason in found.because:
        st.markdown(escaped(reason))
    readers = [{"name": name, "address": address} for address, name in found.readers.items()]
    st.caption(f"{admin_view.count(len(readers), 'known person').replace('persons', 'people')} can read it.")
    if readers:
        st.dataframe(readers, hide_index=True, height=min(400, 40 + 35 * len(readers)))


@st.dialog("Delete this document?")
def _confirm(admin: Admin, document: DocumentRow) -> None:
    st.markdown(f"**{escaped(document.title)}** ({escaped(document.uri)})")
    st.markdown("While its file is still in the source, the next run brings it back: take the file away first.")
    with st.container(horizontal=True):
        if st.button("Delete it", type="primary", on_click=act, args=(partial(_delete, admin, document.uri),)):
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


def _delete(admin: Admin, uri: str) -> str:
    try:
        receipt = admin.delete_document(uri)
    except Unanswered as exc:
        if exc.status != 404:
            raise
        return f"{escaped(uri)} is deleted already."
    _choose("")
    st.session_state[_RECEIPT] = receipt
    return f"{escaped(uri)}: {admin_view.receipt_line(receipt)}"


def _draw_receipt() -> None:
    receipt = st.session_state.get(_RECEIPT)
    if receipt is None:
        return
    with st.expander("The receipt of the last deletion"):
        st.markdown("Beyond what Frontdesk can reach:")
        for sentence in receipt["beyond"]:
            st.markdown(f"- {escaped(sentence)}")
        name = f"receipt {receipt['at'][:19].replace(':', '')}.json"
        content = json.dumps(receipt, indent=2)
        st.download_button(
            "Download it", content, name, "application/json", icon=":material/download:", on_click="ignore"
        )


def _choose(uri: str) -> None:
    st.session_state[_CHOSEN] = uri


def _go_to(first: int) -> None:
    st.session_state[_FIRST] = max(0, first)


def _to_the_first() -> None:
    _go_to(0)
