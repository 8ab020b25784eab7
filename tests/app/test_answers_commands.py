"""`frontdesk answers` on the command line."""

from pathlib import Path

import pytest

from app.bootstrap import Home
from tests.app.commands import Frontdesk, one_sentence

LINES = (
    "question,answer,owner,audience,sources,expires\n"
    "May I take my annual leave in half days?,Yes: book 0.5 in Meadow.,hana@office.example,,office/leave.md,\n"
)


@pytest.fixture
def at_office(frontdesk: Frontdesk, own_office: Home, monkeypatch: pytest.MonkeyPatch) -> Frontdesk:
    """Commands in an office of the test's own."""
    monkeypatch.setenv("FRONTDESK_HOME", str(own_office.settings.home))
    return frontdesk


def test_help_holds_an_example(frontdesk: Frontdesk) -> None:
    for name in ("import", "list", "approve", "delete"):
        done = frontdesk("answers", name, "--help")
        assert (done.code, f"Example: frontdesk answers {name}" in done.out) == (0, True)


def test_without_answers_it_says_what_to_do(at_office: Frontdesk) -> None:
    assert at_office("answers", "list").out == "No answers yet. Import some with: frontdesk answers import FILE\n"


def test_an_answer_from_import_to_deletion(at_office: Frontdesk, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(LINES)
    assert at_office("answers", "import", str(file)).out.startswith("1 new or changed answers wait for approval.")
    (found,) = at_office("answers", "list", "--json").json["answers"]
    assert (found["stands"], found["sources"]) == ("proposed", ["office/leave.md"])
    assert at_office("answers", "approve", found["id"]).out.startswith("Approved.")
    assert "approved" in at_office("answers", "list").out
    assert "Yes: book 0.5 in Meadow." in at_office("ask", "Can I take annual leave as half days?").out
    assert at_office("answers", "delete", found["id"]).out == "Deleted\n"
    assert "0.5" not in at_office("ask", "Can I take annual leave as half days?").out


def test_an_unknown_answer_is_one_sentence(at_office: Frontdesk) -> None:
    done = at_office("answers", "approve", "x")
    assert (done.code > 0, one_sentence(done)) == (True, True)
