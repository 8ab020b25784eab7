"""The command line: each command, its help and its JSON. Bad input: test_bad_input."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Home
from tests.app.commands import LEAVE, PAY, UNKNOWN, Done, Frontdesk, one_sentence, two_files
from tests.app.conftest import FILES
from tests.conftest import write

COMMANDS = (
    "ingest",
    "ask",
    "search",
    "documents",
    "delete",
    "doctor",
    "serve",
    "web",
    "up",
    "evaluate",
    "people import",
    "index status",
    "index rebuild",
    "index move",
    "runs pause",
    "runs resume",
    "runs cancel",
    "sources schedule",
    "backup",
    "restore",
    "access explain",
)
HEAVY = ("torch", "transformers", "faiss", "langchain_core", "langchain_openai", "streamlit", "sentence_transformers")
PEOPLE = "email,name,groups,country\nhana@office.example,Hana,hr,GB\nsam@office.example,Sam,,GB\n"


def in_a_child(*arguments: str, home: Path, **environment: str) -> Done:
    """The same as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "FRONTDESK_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_holds_an_example(frontdesk: Frontdesk, command: str) -> None:
    done = frontdesk(*command.split(), "--help")
    assert done.code == 0
    assert f"Example: frontdesk {command}" in done.out


def test_help_names_every_command(frontdesk: Frontdesk) -> None:
    done = frontdesk("--help")
    assert [name for name in COMMANDS if not re.search(rf"\b{name.split()[0]}\b", done.out)] == []


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom app.cli import main\nsys.argv = ['frontdesk', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    print(sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(re.findall(r"'(\w+)", done.stderr))
    assert "Usage" in done.stdout
    assert "typer" in loaded
    assert loaded & set(HEAVY) == set()


def test_ingest_counts_what_it_did(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = two_files(tmp_path)
    (folder / "c.pdf").write_bytes(b"no PDF")
    found = frontdesk("ingest", str(folder), "--json").json
    assert min(found.pop(name) for name in ("seconds", "tokens_embedded", "tokens_per_second", "embedder_busy")) > 0
    assert [one["uri"] for one in found.pop("failed")] == ["notes/c.pdf"]
    assert (found.pop("stopped"), found.pop("concerns"), found.pop("remarks")) == ("", [], [])
    assert found == {"added": 2, "updated": 0, "unchanged": 0, "removed": 0, "chunks_embedded": 2}


def test_ingesting_again_changes_nothing(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = two_files(tmp_path)
    frontdesk("ingest", str(folder))
    found = frontdesk("ingest", str(folder), "--json").json
    assert (found["added"], found["unchanged"], found["chunks_embedded"]) == (0, 2, 0)


def test_ingest_ends_with_a_table(frontdesk: Frontdesk, tmp_path: Path) -> None:
    done = frontdesk("ingest", str(two_files(tmp_path)))
    assert done.code == 0
    assert all(name in done.out for name in ("added", "updated", "unchanged", "removed", "failed"))


def test_ingest_for_one_audience_closes_the_documents_to_others(frontdesk: Frontdesk, tmp_path: Path) -> None:
    frontdesk("ingest", str(two_files(tmp_path)), "--audience", "group:hr")
    listed = frontdesk("documents", "--json").json["documents"]
    assert [(one["uri"], one["audience"]) for one in listed] == [("notes/a.md", "group:hr"), ("notes/b.md", "group:hr")]
    assert frontdesk("search", "What is first?", "--json").json == {"hits": []}


def test_ask_answers_with_the_keys_of_the_issue(at_office: Frontdesk) -> None:
    found = at_office("ask", LEAVE, "--json").json
    assert list(found) == [
        "status",
        "answer",
        "citations",
        "tokens",
        "timings_ms",
        "conversation",
        "model",
        "instead_of",
    ]
    assert found["status"] == "answered"
    assert list(found["citations"][0]) == ["number", "uri", "title", "quote"]
    assert found["citations"][0]["quote"] == "Every employee has 27 days of annual leave."
    counted = ["window", "prompt", "reserved", "dropped_sources", "dropped_turns", "summarised_turns"]
    assert list(found["tokens"]) == counted


def test_ask_streams_to_the_terminal_with_its_sources(at_office: Frontdesk) -> None:
    done = at_office("ask", LEAVE)
    assert done.code == 0
    assert "Every employee has 27 days of annual leave. [1]" in done.out
    assert "[1] Annual leave - office/leave.md" in done.out


def test_a_refusal_is_a_success_with_its_status(at_office: Frontdesk) -> None:
    done = at_office("ask", UNKNOWN, "--json")
    assert (done.code, done.json["status"], done.json["citations"]) == (0, "refused", [])
    assert done.json["answer"].startswith("Our documents do not say. Please ask people@office.example.")


def test_ask_goes_on_with_a_conversation(at_office: Frontdesk) -> None:
    first = at_office("ask", "How is a lost door badge blocked?", "--as", "sam@office.example", "--json").json
    talk = first["conversation"]
    second = at_office("ask", "And when?", "--as", "sam@office.example", "--conversation", talk, "--json").json
    assert (second["conversation"], second["status"]) == (talk, "answered")
    assert "A lost badge is blocked by calling the guard at once." in second["answer"]


def test_search_shows_hits_with_their_scores(at_office: Frontdesk) -> None:
    hits = at_office("search", LEAVE, "-k", "2", "--json").json["hits"]
    assert len(hits) == 2
    assert list(hits[0]) == ["uri", "title", "heading_path", "cosine", "bm25", "relevance", "text"]
    assert (hits[0]["uri"], hits[0]["title"]) == ("office/leave.md", "Annual leave")


def test_search_as_a_person_sees_what_that_person_may_read(at_office: Frontdesk) -> None:
    seen = [at_office("search", PAY, "--as", who).out for who in ("hana@office.example", "sam@office.example")]
    assert ["49,700" in text for text in seen] == [True, False]


def test_documents_lists_them_with_their_readers(at_office: Frontdesk) -> None:
    listed = at_office("documents", "--json").json
    assert [one["uri"] for one in listed["documents"]] == sorted(
        f"office/{name}" for name in FILES if "toml" not in name
    )
    assert listed["failed"] == []
    assert "group:hr" in at_office("documents").out


def test_documents_lists_near_copies(frontdesk: Frontdesk, tmp_path: Path) -> None:
    rule = "Every employee may carry over {} days of unused leave into the next year, if the manager agrees in time."
    files = {"a.md": f"# A\n\n{rule.format(5)}", "b.md": f"# B\n\n{rule.format(5)}", "c.md": "# C\n\nAsk Hana."}
    frontdesk("ingest", str(write(tmp_path / "notes", files)))
    groups = frontdesk("documents", "--duplicates", "--json").json["near_copies"]
    assert [[copy["uri"] for copy in group] for group in groups] == [["notes/a.md", "notes/b.md"]]
    assert "identical" in frontdesk("documents", "--duplicates").out


def test_documents_says_what_could_not_be_read(frontdesk: Frontdesk, tmp_path: Path) -> None:
    write(tmp_path / "notes", {"a.md": "# Alpha\n\nAlpha.\n", "b.pdf": "x", "c.docx": "y"})
    frontdesk("ingest", str(tmp_path / "notes"))
    failed = frontdesk("documents", "--json").json["failed"]
    assert [one["uri"] for one in failed] == ["notes/b.pdf", "notes/c.docx"]
    assert "Could not be read" in frontdesk("documents").out


def test_delete_removes_a_document_and_no_other(frontdesk: Frontdesk, tmp_path: Path) -> None:
    frontdesk("ingest", str(two_files(tmp_path)))
    done = frontdesk("delete", "notes/a.md")
    assert (done.code, done.out.startswith("Deleted notes/a.md (1 chunks).")) == (0, True)
    assert [one["uri"] for one in frontdesk("documents", "--json").json["documents"]] == ["notes/b.md"]
    assert "Alpha" not in frontdesk("search", "alpha first", "--json").out


def test_deleting_what_is_not_there_says_how_to_find_it(frontdesk: Frontdesk) -> None:
    done = frontdesk("delete", "notes/a.md")
    assert (done.code, done.error) == (1, "Error: No document 'notes/a.md'. `frontdesk documents` lists them\n")


def test_doctor_shows_each_setting_with_its_origin(at_office: Frontdesk) -> None:
    found = at_office("doctor", "--json").json
    assert found["ok"]
    assert found["settings"]["device"] == {"value": "cpu", "origin": "environment"}
    assert found["settings"]["port"] == {"value": "8610", "origin": "default"}
    assert [check["name"] for check in found["checks"] if not check["ok"]] == []


def test_doctor_says_what_is_wrong_and_ends_with_1(frontdesk: Frontdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_LLM", "/nowhere/llama")
    done = frontdesk("doctor", "--json")
    wrong = [check for check in done.json["checks"] if not check["ok"]]
    assert (done.code, [check["name"] for check in wrong]) == (1, ["answers come from"])
    assert "or a URL that begins with http was expected" in wrong[0]["found"]


def test_people_import_says_who_came(frontdesk: Frontdesk, tmp_path: Path) -> None:
    done = frontdesk("people", "import", str(write(tmp_path, {"people.csv": PEOPLE}) / "people.csv"))
    assert (done.code, done.out) == (0, "2 people in 1 groups: hr\n")


def test_a_broken_people_file_changes_nothing(frontdesk: Frontdesk, tmp_path: Path) -> None:
    write(tmp_path, {"people.csv": PEOPLE, "broken.csv": PEOPLE + "no address,Eve,,\n"})
    frontdesk("people", "import", str(tmp_path / "people.csv"))
    done = frontdesk("people", "import", str(tmp_path / "broken.csv"))
    assert (done.code, one_sentence(done), "line 4" in done.error) == (2, True, True)
    assert frontdesk("ask", "Anything?", "--as", "sam@office.example").code == 0


def test_evaluate_prints_the_keys_of_the_issue(frontdesk: Frontdesk, tmp_path: Path) -> None:
    corpus = [
        {"id": "a", "title": "Alpha", "text": "Alpha is the first letter of the alphabet."},
        {"id": "b", "title": "Beta", "text": "Beta is the second letter of the alphabet."},
    ]
    asked = [
        {"id": "1", "text": "Which letter is alpha?", "answerable": True, "support": "Alpha is the first letter"},
        {"id": "2", "text": "Who won the cup in 1954?", "answerable": False},
    ]
    lines: dict[str, list[Any]] = {"corpus.jsonl": [*corpus], "queries.jsonl": [*asked]}
    write(tmp_path / "set", {name: "".join(json.dumps(row) + "\n" for row in rows) for name, rows in lines.items()})
    (tmp_path / "set" / "qrels.tsv").write_text("1\ta\t1\n")
    found = frontdesk("evaluate", str(tmp_path / "set"), "--json").json
    assert (found["documents"], found["queries"], found["ndcg@10"], found["mrr@10"]) == (2, 2, 1.0, 1.0)
    assert set(found) >= {
        "chunks",
        "recall@5",
        "recall@20",
        "answered_answerable",
        "refused_unanswerable",
        "latency_ms",
    }
    assert not (tmp_path / "home").exists()


def test_a_process_prints_one_json_object_and_nothing_else(office: Home) -> None:
    done = in_a_child("documents", "--json", home=office.settings.home)
    assert (done.code, len(done.json["documents"]), done.error) == (0, 5, "")


def test_a_process_ends_with_the_code_and_the_sentence(tmp_path: Path) -> None:
    done = in_a_child("ingest", "/nowhere", home=tmp_path / "home")
    assert (done.code, done.out, one_sentence(done)) == (2, "", True)


def test_a_process_takes_a_question_that_is_no_utf_8(office: Home) -> None:
    done = in_a_child("search", "leave \udcff", home=office.settings.home)
    assert (done.code, done.error) == (2, "Error: The question is no valid UTF-8 text. Please type it again\n")
