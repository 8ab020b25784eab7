"""Files on messages and channels' canvases, read from a fake Slack by runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrieval.ledger import documents
from tests.fake_slack import files
from tests.fake_slack.file import File
from tests.ingest.slack_office import HANA, SAM, Office, office, workspace


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home", workspace()) as opened:
        yield opened


def share(slack: Office, channel: str, name: str, content: bytes, text: str = "Here it is.") -> tuple[str, File]:
    """A message with a file; gives its time and the file."""
    made = slack.slack.workspace
    file = files.new(made, "U1", name, content)
    said: dict[str, Any] = {"text": text}
    return str(files.share(made, made.users["U1"], made.channels[channel], [file], said)["ts"]), file


def test_a_file_is_a_document_for_whoever_may_read_the_thread(slack: Office) -> None:
    plan, pdf = share(slack, "C1", "plan.md", b"# Office plan\n\nDesk 4 is by the window.")
    pay, table = share(slack, "G1", "pay.txt", b"Salaries rise in May.")
    slack.ingest()
    assert slack.paths() == {
        f"C1/{plan}": "everyone",
        f"C1/{plan}/{pdf.id}": "everyone",
        f"G1/{pay}": "slack:T1/G1",
        f"G1/{pay}/{table.id}": "slack:T1/G1",
    }
    assert slack.found("desk by the window")[0] == "Desk 4 is by the window."
    assert (len(slack.readable(HANA)), len(slack.readable(SAM))) == (4, 2)


def test_a_file_that_no_reader_knows_or_that_slack_does_not_hold_is_a_line_in_its_message(slack: Office) -> None:
    picture, _ = share(slack, "C1", "desk.png", b"\x89PNG")
    far, _ = share(slack, "C1", "far.txt", b"Far.")
    made = slack.slack.workspace.channels["C1"].messages[far]
    made["files"][0] |= {"mode": "external", "url_private": "https://elsewhere.example/far.txt"}
    assert slack.counts() == {"added": 2, "chunks_embedded": 2}
    assert slack.lines(f"C1/{picture}") == ["Here it is.\n(file: desk.png)"]
    assert slack.lines(f"C1/{far}") == ["Here it is.\n(file: far.txt, kept outside Slack)"]


def test_a_login_page_in_place_of_a_file_is_no_document_and_is_tried_again(slack: Office) -> None:
    slack.admin.remove_scope("files:read")
    ts, file = share(slack, "C1", "plan.txt", b"Desk 4 is by the window.")
    report = slack.ingest()
    assert [(one.uri, "files:read" in one.reason) for one in report.failed] == [(f"slack-T1/C1/{ts}/{file.id}", True)]
    assert "Sign in" not in " ".join(slack.found("sign in to your workspace"))
    slack.slack.workspace.tokens.bot.scopes.add("files:read")
    slack.ingest()
    assert slack.lines(f"C1/{ts}") == ["Here it is.\n(file: plan.txt)"]
    assert slack.found("desk by the window")[0] == "Desk 4 is by the window."


@pytest.mark.parametrize("text", ["Here it is.", ""], ids=["with a text", "nothing but the file"])
def test_a_file_that_was_deleted_without_an_event_goes_when_all_is_compared(slack: Office, text: str) -> None:
    ts, file = share(slack, "C1", "plan.txt", b"Desk 4 is by the window.", text)
    slack.ingest()
    assert f"C1/{ts}/{file.id}" in slack.paths()
    files.delete(slack.slack.workspace, file)
    slack.state.change_channel("C1", compared_at=None)
    slack.ingest()
    assert slack.paths().keys() == ({f"C1/{ts}"} if text else set())
    assert "Desk 4" not in slack.stored()


def test_no_token_of_slack_is_stored(slack: Office) -> None:
    share(slack, "C1", "plan.txt", b"Desk 4 is by the window.")
    slack.ingest()
    slack.home.engine.dispose()
    kept = b"".join(file.read_bytes() for file in slack.home.settings.home.rglob("*") if file.is_file())
    assert (b"Desk 4 is by the window" in kept, b"xoxb-fake" in kept, b"files-pri" in kept) == (True, False, False)


def test_a_channels_canvas_is_a_document_of_the_channel(slack: Office) -> None:
    slack.slack.workspace.channels["G1"].canvas = "F900"
    slack.slack.workspace.canvases["F900"] = "# Onboarding\n\nBring your passport."
    slack.post("C1", "Lunch?")
    slack.ingest()
    assert slack.paths()["G1/F900"] == "slack:T1/G1"
    slack.slack.workspace.canvases["F900"] = "# Onboarding\n\nBring a photo."
    slack.ingest()
    assert "Bring a photo." in dict(documents.texts(slack.home.engine))["slack-T1/G1/F900"]
    slack.slack.workspace.channels["G1"].canvas = ""
    slack.ingest()
    assert "G1/F900" not in slack.paths()


def test_without_the_right_to_canvases_the_rest_is_read_and_it_is_said(slack: Office) -> None:
    slack.slack.workspace.channels["C1"].canvas = "F900"
    slack.admin.remove_scope("canvases:read")
    slack.post("C1", "Lunch?")
    report = slack.ingest()
    assert (len(slack.paths()), report.remarks) == (
        1,
        ["1 canvases were not read: the app lacks the scope canvases:read"],
    )
