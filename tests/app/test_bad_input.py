"""Bad input on the command line: one clear sentence, exit code 2 for usage and 1 for failure, nothing lost."""

import contextlib
import json
import shutil
import socket
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.lock import writer
from retrieval.ledger import engine
from tests.app.commands import LEAVE, Frontdesk, one_sentence, two_files
from tests.conftest import write

PEOPLE = "email,name,groups,country\nhana@office.example,Hana,hr,GB\nsam@office.example,Sam,,GB\n"


def test_a_missing_path(frontdesk: Frontdesk) -> None:
    done = frontdesk("ingest", "nowhere")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "There is nothing at nowhere. A folder, a document or a Slack export ZIP was expected" in done.error


def test_an_empty_folder(frontdesk: Frontdesk, tmp_path: Path) -> None:
    (tmp_path / "empty" / "deep").mkdir(parents=True)
    done = frontdesk("ingest", "empty")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "empty" in done.error


def test_a_folder_that_became_empty_is_told_and_loses_nothing(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = two_files(tmp_path)
    frontdesk("ingest", str(folder))
    shutil.rmtree(folder)
    folder.mkdir()
    done = frontdesk("ingest", str(folder), "--json")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "stays answerable until it is deleted" in done.error
    assert len(frontdesk("documents", "--json").json["documents"]) == 2


def test_an_unreadable_file_is_reported_and_the_rest_goes_on(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = two_files(tmp_path)
    (folder / "broken.md").symlink_to(folder / "nowhere.md")
    found = frontdesk("ingest", str(folder), "--json")
    assert (found.code, found.json["added"], len(found.json["failed"])) == (0, 2, 1)


def test_a_file_that_is_no_zip(frontdesk: Frontdesk, tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_text("no zip")
    done = frontdesk("ingest", "export.zip")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "export.zip is no ZIP archive" in done.error


def test_a_zip_that_is_no_slack_export(frontdesk: Frontdesk, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "Hello")
    done = frontdesk("ingest", "other.zip")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "no Slack export" in done.error


def test_an_unknown_audience_form(frontdesk: Frontdesk, tmp_path: Path) -> None:
    done = frontdesk("ingest", str(two_files(tmp_path)), "--audience", "managers")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "group:NAME" in done.error


def test_an_unknown_setting(frontdesk: Frontdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_MODEL", "llama")
    done = frontdesk("documents")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "Unknown setting FRONTDESK_MODEL. Known are: " in done.error


@pytest.mark.parametrize(("command", "setting"), [("serve", "FRONTDESK_PORT"), ("web", "FRONTDESK_WEB_PORT")])
def test_a_port_in_use(frontdesk: Frontdesk, monkeypatch: pytest.MonkeyPatch, command: str, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv(setting, str(port))
        done = frontdesk(command)
    assert (done.code, one_sentence(done)) == (1, True)
    assert f"Port {port} is in use by another program. Stop it, or set {setting} to a free port" in done.error


@contextlib.contextmanager
def writing(home: Path) -> Iterator[None]:
    """Hold the database as another process in the middle of a write does."""
    connection = sqlite3.connect(home / "ledger.sqlite", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


def test_a_locked_database(frontdesk: Frontdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frontdesk("ingest", str(two_files(tmp_path)))
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 0.2)  # nobody wants to wait ten seconds here
    with writing(tmp_path / "home"):
        done = frontdesk("ask", "What is first?")
    assert (done.code, one_sentence(done)) == (1, True)
    assert "is locked by another process. Wait until it is done and try again" in done.error
    assert frontdesk("ask", "What is first?").code == 0


def test_another_ingestion_that_is_running(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = two_files(tmp_path)
    (tmp_path / "home").mkdir()
    with writer(tmp_path / "home"):
        done = frontdesk("ingest", str(folder))
    assert (done.code, one_sentence(done)) == (1, True)
    assert "Another run is writing to" in done.error
    assert frontdesk("ingest", str(folder), "--json").json["added"] == 2


def test_a_home_of_another_embedder(frontdesk: Frontdesk, tmp_path: Path) -> None:
    frontdesk("ingest", str(two_files(tmp_path)))
    with contextlib.closing(sqlite3.connect(tmp_path / "home" / "ledger.sqlite", isolation_level=None)) as ledger:
        ledger.execute("UPDATE facts SET value = 'other-embedder@1' WHERE name = 'embedder'")
    for arguments in (("ask", "What is first?"), ("search", "first"), ("ingest", str(tmp_path / "notes"))):
        done = frontdesk(*arguments)
        assert (done.code, one_sentence(done)) == (1, True)
        assert "This home was built with the embedder other-embedder@1" in done.error
    assert len(frontdesk("documents", "--json").json["documents"]) == 2


def test_an_index_directory_of_another_embedder(frontdesk: Frontdesk, tmp_path: Path) -> None:
    frontdesk("ingest", str(two_files(tmp_path)))
    (manifest,) = (tmp_path / "home").rglob("manifest.json")
    stated = json.loads(manifest.read_text())
    (name,) = (name for name in stated["facts"] if "embedder" in name)
    stated["facts"][name] = "other-embedder@1"
    manifest.write_text(json.dumps(stated))
    done = frontdesk("ask", "What is first?")
    assert (done.code, one_sentence(done)) == (1, True)
    assert "other-embedder@1" in done.error


def test_a_model_directory_without_weights(
    frontdesk: Frontdesk, llama_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(llama_dir, tmp_path / "llama", ignore=shutil.ignore_patterns("*.safetensors"))
    monkeypatch.setenv("FRONTDESK_LLM", str(tmp_path / "llama"))
    done = frontdesk("ask", "What is first?")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "llama has no weights: model.safetensors was expected in it" in done.error


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "The question is empty. Please type one"),
        (" \n ", "The question is empty. Please type one"),
        ("leave " * 16_667, "The question has 100,002 characters; 8,000 are the most. Please shorten it"),
        ("leave \udcff", "The question is no valid UTF-8 text. Please type it again"),
    ],
    ids=["empty", "blank", "a hundred thousand characters", "no UTF-8"],
)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_that_cannot_be_taken(at_office: Frontdesk, command: str, question: str, message: str) -> None:
    done = at_office(command, question)
    assert (done.code, done.error) == (2, f"Error: {message}\n")


def test_a_question_that_cannot_be_taken_is_json_too(at_office: Frontdesk) -> None:
    done = at_office("ask", "", "--json")
    assert (done.code, done.json["status"], done.json["answer"]) == (
        2,
        "failed",
        "The question is empty. Please type one",
    )


def test_an_unknown_person(at_office: Frontdesk) -> None:
    done = at_office("ask", LEAVE, "--as", "eve@evil.example")
    assert (done.code, one_sentence(done)) == (1, True)
    assert "Nobody with the address 'eve@evil.example' is known" in done.error


def test_a_document_that_is_not_utf_8_is_read_all_the_same(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = write(tmp_path / "notes", {"b.md": "# Beta\n\nBeta is second.\n"})
    (folder / "a.txt").write_bytes("Alpha is first – “always”, they say.\n".encode("cp1252"))
    assert frontdesk("ingest", str(folder), "--json").json["added"] == 2
    assert "Alpha is first" in frontdesk("search", "alpha first", "--json").json["hits"][0]["text"]


def test_a_wrong_option_ends_with_2(frontdesk: Frontdesk) -> None:
    assert frontdesk("ask").code == 2
    assert frontdesk("search", "x", "-k", "none").code == 2


def test_a_home_that_cannot_be_made(frontdesk: Frontdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "file" / "home"))
    done = frontdesk("documents")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "Set FRONTDESK_HOME to another folder" in done.error
