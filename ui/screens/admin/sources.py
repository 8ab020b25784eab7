"""The sources: what is ingested, from where, how often; adding and deleting some."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from app.admin.client import Admin
from app.admin.rows import AudienceRow, SourceRow
from app.client import Client
from ui import admin_view
from ui.screens.admin.acting import act, act_on_typed, choose_audience, draw_heading
from ui.web_markdown import escaped

LARGEST_MIB = 32
_LARGEST_EXPORT_MIB = 1024
_ENDINGS = ["pdf", "docx", "pptx", "xlsx", "odt", "csv", "tsv", "eml", "md", "markdown", "html", "htm", "txt", "text"]
_LIVE = "slack"
_RUNS = "Watch it on the page Runs."


def draw(client: Client) -> None:
    """Draw the page."""
    admin = Admin(client)
    draw_heading("Sources")
    sources = admin.sources()
    if not any(source.documents for source in sources):
        st.info(admin_view.FIRST_STEPS, icon=":material/flag:")
    for source in sources:
        _draw_source(admin, source)
    _draw_adding(admin)


def _draw_adding(admin: Admin) -> None:
    st.subheader("Add documents", anchor=False)
    audiences = admin.audiences()
    upload, folder, export, live = st.tabs(["Upload", "Folder on the server", "Slack export", "Live Slack"])
    with upload:
        files = st.file_uploader(
            "Documents", _ENDINGS, accept_multiple_files=True, key=_fresh("upload"), max_upload_size=LARGEST_MIB
        )
        audience = choose_audience(audiences, "upload-audience")
        ready = bool(files and audience)
        send = partial(_upload, admin, files, audience)
        st.button("Add them", type="primary", key="upload-go", disabled=not ready, on_click=act, args=(send,))
    with folder:
        _draw_folder(admin, audiences)
    with export:
        _draw_export(admin)
    with live:
        _draw_live(admin)


def _draw_folder(admin: Admin, audiences: Sequence[AudienceRow]) -> None:
    with st.form("add-folder", border=False):
        path = st.text_input("Folder", key="folder", placeholder="/srv/handbook", help="As the server sees it.")
        audience = choose_audience(audiences, "folder-audience", "everyone")
        st.caption("A file `audiences.toml` in the folder decides for its parts.")
        if st.form_submit_button("Add it", type="primary", key="folder-go"):
            missing = "" if path.strip() and audience else "A folder is needed, and who may read it."
            act_on_typed(partial(_ingest, admin, path.strip(), audience), missing)


def _draw_export(admin: Admin) -> None:
    file = st.file_uploader("Slack export", ["zip"], key=_fresh("export"), max_upload_size=_LARGEST_EXPORT_MIB)
    st.caption(
        "Messages of public channels are for everyone, those of private ones for their members. A newer export of the "
        "same workspace takes the place of the older one. Larger ones: put the ZIP on the server and name its path as "
        "a folder."
    )
    send = partial(_upload_export, admin, file)
    st.button("Add it", type="primary", key="export-go", disabled=file is None, on_click=act, args=(send,))


def _draw_live(admin: Admin) -> None:
    slack = admin.live_slack()
    if not slack.token:
        st.markdown(
            "Frontdesk can follow your workspace. It takes a Slack app: `docs/slack.md` leads from nothing to a "
            "working one. Then set `FRONTDESK_SLACK_BOT_TOKEN` and start Frontdesk again."
        )
        return
    whole = sum(channel.is_whole for channel in slack.channels)
    st.markdown(
        f"Connected. {admin_view.count(len(slack.channels), 'channel')} known, {whole:,} read completely."
        if slack.source
        else "Connected. Nothing of the workspace was read yet."
    )
    if slack.last_event:
        st.caption(f"Slack's last event came {admin_view.moment(slack.last_event)}.")
    rows = [
        {
            "channel": one.name,
            "audience": one.audience,
            "read": "completely" if one.is_whole else "in part",
            "left": one.left,
        }
        for one in slack.channels
    ]
    if rows:
        st.dataframe(rows, hide_index=True)
    begin = partial(_ingest, admin, _LIVE, "")
    st.button("Read what is missing", key="live-go", on_click=act, args=(begin,))


def _draw_source(admin: Admin, source: SourceRow) -> None:
    with st.container(border=True):
        words, colour = admin_view.STATES.get(source.last_run.state if source.last_run else "", ("Never run", "gray"))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(source.name)}**", width="content")
            st.badge(words, color=colour)  # type: ignore[arg-type]
        st.caption(admin_view.source_line(source))
        if source.kind != "verified-answers":
            with st.container(horizontal=True, vertical_alignment="bottom"):
                _draw_doing(admin, source)
        if source.failures:
            with st.expander(f"{admin_view.count(source.failures, 'file')} could not be read"):
                for one in admin.failures(source.name):
                    st.markdown(f"{escaped(one.uri)}: {escaped(one.reason)}")


def _draw_doing(admin: Admin, source: SourceRow) -> None:
    again = partial(_ingest, admin, source.name, "")
    st.button("Ingest now", key=f"again {source.name}", icon=":material/sync:", on_click=act, args=(again,))
    if source.failures:
        retry = partial(_ingest, admin, source.name, "", retry_failed=True)
        st.button("Try failed again", key=f"retry {source.name}", icon=":material/replay:", on_click=act, args=(retry,))
    if st.button("Delete", key=f"delete {source.name}", icon=":material/delete:"):
        _confirm(admin, source)
    key = f"schedule {source.name}"
    choices = list(dict.fromkeys([*admin_view.SCHEDULES, source.every_minutes]))
    st.session_state.setdefault(key, source.every_minutes)
    st.selectbox(
        f"How often {source.name} is read",
        choices,
        key=key,
        label_visibility="collapsed",
        format_func=lambda minutes: admin_view.SCHEDULES.get(minutes, f"Every {minutes:,} minutes"),
        on_change=lambda: act(partial(_schedule, admin, source.name, st.session_state[key])),
        width=200,
    )


@st.dialog("Delete this source?")
def _confirm(admin: Admin, source: SourceRow) -> None:
    st.markdown(
        f"**{escaped(source.name)}** and its {admin_view.count(source.documents, 'document')} are deleted: no answer "
        "uses them from then on, and they leave old answers too. "
        + ("The uploaded files are deleted with it." if source.uploaded else "Its own files stay where they are.")
    )
    with st.container(horizontal=True):
        remove = partial(_delete, admin, source.name)
        if st.button("Delete it", type="primary", on_click=act, args=(remove,)):
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


def _fresh(name: str) -> str:
    """The uploader's key: another one after each upload, so that it is empty again."""
    return f"{name} {st.session_state.get(f'{name}s', 0)}"


def _used(name: str) -> None:
    st.session_state[f"{name}s"] = st.session_state.get(f"{name}s", 0) + 1


def _upload(admin: Admin, files: Any, audience: str) -> str:
    admin.upload([(file.name, file) for file in files], audience)
    _used("upload")
    return f"{admin_view.count(len(files), 'document')} taken in for {escaped(audience)}. {_RUNS}"


def _upload_export(admin: Admin, file: Any) -> str:
    admin.upload_export(file.name, file, "everyone")
    _used("export")
    return f"The export is being read. {_RUNS}"


def _ingest(admin: Admin, path: str, audience: str, *, retry_failed: bool = False) -> str:
    run = admin.ingest(path, audience, retry_failed=retry_failed)
    return f"{escaped(run.source)} is being read. {_RUNS}"


def _schedule(admin: Admin, source: str, every_minutes: int) -> str:
    admin.schedule(source, every_minutes)
    often = admin_view.SCHEDULES.get(every_minutes, f"every {every_minutes:,} minutes").lower()
    return f"{escaped(source)} is read {often}."


def _delete(admin: Admin, source: str) -> str:
    return admin_view.removal_line(admin.delete_source(source))
