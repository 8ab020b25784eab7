"""Law 2: deleted is deleted. Whatever was asked before, whoever has the home open, nothing shows or holds the text."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import receipt
from app.access import Caller
from app.bootstrap import Home
from app.events import to_json
from app.question import Question
from app.server import make_app
from ingest.report import NoProgress
from retrieval.access import PUBLIC
from retrieval.ledger import documents
from tests.app.test_prompted import saying
from tests.conftest import write

SHARED = "Whoever has a question about any of this asks the front office before the end of the week."


@dataclass(frozen=True)
class Note:
    """A document. `word` stands in no other one; a question finds it without the word."""

    word: str
    text: str
    question: str

    @property
    def title(self) -> str:
        return self.word.capitalize()


NOTES = {
    "a": Note(
        "quokkahouse",
        "The quokkahouse opens its doors to all keepers in the middle of March.",
        "What opens its doors to all keepers?",
    ),
    "b": Note(
        "ledgerwort",
        "Ledgerwort is planted by the gardeners behind the second gate in early spring.",
        "What is planted by the gardeners?",
    ),
    "c": Note(
        "brindlepay",
        "The brindlepay of every employee rises by four percent on the first of June.",
        "What rises by four percent?",
    ),
    "d": Note(
        "mossboard",
        "A mossboard is handed out to new colleagues together with badge and laptop.",
        "What is handed out to new colleagues?",
    ),
}
SAM = Caller("sam@office.example")


def markdown(note: Note) -> str:
    return f"# {note.title}\n\n{note.text}\n\n## Questions\n\n{SHARED}\n"


@pytest.fixture
def opened(make_home: Callable[..., Home], backend: dict[str, str]) -> Callable[[], Home]:
    """Opens the same home again at each call."""
    return lambda: make_home(**backend)


@pytest.fixture
def running(opened: Callable[[], Home], tmp_path: Path) -> Home:
    """A home that somebody has open; one of its documents has an older version."""
    home = opened()
    texts = {f"{key}.md": markdown(note) for key, note in NOTES.items()}
    older = texts | {"d.md": texts["d.md"].replace("laptop", "phone")}
    for version in (older, texts):
        home.ingest(write(tmp_path / "notes", version), "everyone", NoProgress())
    return home


def ask(home: Home, question: str, threshold: float) -> str:
    """What is told, as one text."""
    events = replace(home.desk, threshold=threshold).ask(Question(question, SAM))
    return " ".join(to_json(event) for event in events)


def ask_everything(home: Home) -> None:
    """Quotes, titles in refusals, people's words that repeat the source, a model's words that do."""
    for note in NOTES.values():
        ask(home, note.question, 0.0)
        ask(home, note.question, 1.0)
        ask(home, f"Somebody told me: {note.text} Is that so?", 0.0)
        model = saying(f"It says: {note.text} And it is called {note.title} [1].")
        list(replace(home.desk, threshold=0.0, answerers={"model": model}).ask(Question(note.question, SAM)))


def shown(home: Home, note: Note) -> str:
    """Everything that the home can be made to show of a document."""
    talks = home.conversations.listed(SAM)
    told = [ask(home, note.question, 0.0), ask(home, note.question, 1.0)]
    said = [home.conversations.transcript(SAM, talk.id) for talk in talks]
    turns = [home.conversations.turns(SAM, talk.id) for talk in talks]
    found = [home.retriever.search(note.question, PUBLIC, 50), home.retriever.find(note.question, PUBLIC, 10)]
    return str((talks, told, said, turns, found))


def test_after_a_deletion_nothing_shows_or_holds_the_text(
    running: Home, opened: Callable[[], Home], tmp_path: Path
) -> None:
    ask_everything(running)
    for key in ("c", "a", "d"):
        note = NOTES[key]
        assert note.text in shown(running, note)
        found = receipt.delete(opened(), f"notes/{key}.md")
        assert (found.found, found.looked_for > 0, found.shared > 0) == ((), True, True)
        after = shown(running, note)
        assert [told for told in (note.text, note.title, note.word) if told in after] == []
        assert files_with(tmp_path / "home", note.word) == []
    assert NOTES["b"].text in shown(running, NOTES["b"])


def files_with(home: Path, word: str) -> list[str]:
    """Those that hold a word, as it is or as the index of words has it, however the product looks for it."""
    forms = [word.encode(), word.capitalize().encode(), word[:-1].encode()]
    data = {file.name: file.read_bytes() for file in home.rglob("*") if file.is_file()}
    return [name for name, held in data.items() if any(form in held for form in forms)]


def test_the_tombstone_alone_hides_the_text_from_another_process(running: Home, opened: Callable[[], Home]) -> None:
    note = NOTES["a"]
    stale = opened()
    assert note.text in shown(stale, note)
    documents.remove(running.engine, "notes/a.md")
    assert note.text not in shown(stale, note)
    files = stale.index_folder.rglob("*")
    assert any(b"quokkahous" in file.read_bytes() for file in files if file.is_file())  # nothing was purged yet


def test_what_an_interrupted_deletion_left_in_files_goes_with_the_next_run(running: Home, tmp_path: Path) -> None:
    documents.remove(running.engine, "notes/a.md")
    running.indexes.save()
    assert files_with(tmp_path / "home", "quokkahouse") != []
    running.ingest(tmp_path / "notes" / "b.md", "everyone", NoProgress())
    assert files_with(tmp_path / "home", "quokkahouse") == []


def test_a_source_that_was_open_cannot_be_opened_again(running: Home, opened: Callable[[], Home]) -> None:
    hits = running.retriever.search(NOTES["a"].question, PUBLIC, 5)
    client = TestClient(make_app(running, "key"), base_url="http://127.0.0.1", headers={"Authorization": "Bearer key"})
    route = f"/api/chunks/{hits[0].chunk.id}"
    assert NOTES["a"].text in client.get(route).json()["text"]
    opened().delete("notes/a.md")
    assert client.get(route).status_code == 404
    assert "uokkahouse" not in client.get("/api/documents").text
