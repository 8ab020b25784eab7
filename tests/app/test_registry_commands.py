"""Versions of a model on the command line, as a person runs it."""

import json
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.judging.verdict import write_verdict
from app.registry.shelf import shelf_of
from tests.app.commands import Frontdesk, one_sentence
from tests.app.registry.test_promotion import verdict
from tests.app.registry.versions import model


def test_an_empty_shelf_says_what_to_do(frontdesk: Frontdesk) -> None:
    assert frontdesk("models", "list").out == (
        "There are no versions yet: quoting answers. Add one with: frontdesk models register FOLDER\n"
    )
    assert frontdesk("models", "list", "--json").json == {"promoted": "", "versions": [], "history": []}


def test_from_a_folder_to_a_promoted_version_and_back(frontdesk: Frontdesk, tmp_path: Path) -> None:
    kept = frontdesk("models", "register", str(model(tmp_path / "hr-llama")))
    assert kept.out.startswith("hr-llama/1 is kept. Show that it is better: frontdesk finetune judge hr-llama/1 --data")
    refused = frontdesk("models", "promote", "hr-llama/1")
    assert one_sentence(refused)
    assert "No verdict compares hr-llama/1 with quoting" in refused.error
    shelf = shelf_of(tmp_path / "home")
    (tmp_path / "judged").mkdir()
    write_verdict(tmp_path / "judged", verdict(shelf.version("hr-llama/1"), "quoting"))
    done = frontdesk("models", "promote", "hr-llama/1", "--verdict", str(tmp_path / "judged"))
    assert "hr-llama/1 is promoted in the place of quoting: better than quoting" in done.out
    assert "Answers come from hr-llama/1; a running server switches within seconds once it has answered" in done.out
    assert "**better** than old" in (shelf.folder / "hr-llama/1/README.md").read_text()
    listed = frontdesk("models", "list").out
    assert all(words in listed for words in ("hr-llama/1", "promoted", "What happened last", "300 questions"))
    back = frontdesk("models", "rollback", "--reason", "too slow")
    assert back.out.startswith("hr-llama/1 is rolled back to quoting")
    assert one_sentence(frontdesk("models", "rollback"))
    history = frontdesk("models", "list", "--json").json["history"]
    assert [(entry["change"], entry["why"]) for entry in history[1:]] == [("rolled back", "too slow")]


def test_a_folder_can_be_promoted_at_once_for_a_reason(frontdesk: Frontdesk, tmp_path: Path) -> None:
    done = frontdesk("models", "promote", str(model(tmp_path / "hr")), "--anyway", "a trial", "--json")
    assert done.json == {"version": "hr/1", "before": "", "why": "without a verdict: a trial"}


def test_an_explicit_model_wins_and_it_is_said(
    frontdesk: Frontdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_LLM", "http://me:secret@127.0.0.1:9/v1")
    done = frontdesk("models", "promote", str(model(tmp_path / "hr")), "--anyway", "a trial")
    assert "FRONTDESK_LLM is set: http://********@127.0.0.1:9/v1 answers, whatever is promoted" in done.out


def test_a_version_is_shown_with_all_that_is_known(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = model(tmp_path / "hr")
    (folder / "run.json").write_text(json.dumps({"seed": 7}))
    frontdesk("models", "register", str(folder))
    shown = frontdesk("models", "show", "hr/1").out
    assert all(words in shown for words in ("registered", "whole model", "trained: seed", "digest"))
    told = frontdesk("models", "show", "hr", "--json").json
    assert (told["version"], told["stands"], told["run"], told["notes"]) == ("hr/1", "registered", {"seed": 7}, [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("models", "show", "nothing"),
        ("models", "promote", "nothing/1"),
        ("models", "register", "/nowhere"),
        ("models", "export", "nothing", "--to", "out"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(frontdesk: Frontdesk, arguments: tuple[str, ...]) -> None:
    assert one_sentence(frontdesk(*arguments))


def test_what_people_said_of_a_versions_answers_is_listed(own_office: Home, tmp_path: Path) -> None:
    from app.access import NOBODY
    from app.conversations import NewMessage, Part
    from app.feedback import Received, by_model, rate

    talks = own_office.conversations
    new = talks.begin(NOBODY, "How many days?")
    for status, by in (("answered", "hr/1"), ("refused", "hr/1"), ("answered", "quoting"), ("refused", "")):
        talks.add(NOBODY, new, NewMessage("assistant", status, (Part("27."),), model=by))
    rate(own_office.engine, f"{new}:1", "a@b", "good")
    rate(own_office.engine, f"{new}:1", "c@d", "bad")
    rate(own_office.engine, f"{new}:3", "c@d", "bad")
    assert by_model(own_office.engine) == {"hr/1": Received(1, 1, 1, 1), "quoting": Received(1, 0, 0, 1)}
