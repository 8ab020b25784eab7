"""What every Source does. A new one is added to `SOURCES`: a function that makes two documents and one more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ingest.corpus import Corpus, CorpusText
from ingest.folder import Folder
from ingest.reader import read
from ingest.slack_client import SlackClient
from ingest.slack_export import SlackExport
from ingest.slack_workspace import SlackWorkspace, Wanted
from ingest.source import Item, Source
from retrieval.ledger.engine import open_ledger
from tests.conftest import write
from tests.fake_slack import FakeSlack, Workspace
from tests.fake_slack.background import in_thread
from tests.slack_zip import message, slack_zip

Made = Callable[[Path, list[str]], Source]
_OPEN = ExitStack()  # what a test's sources need until it is over


def folder(place: Path, texts: list[str]) -> Source:
    files = {f"{number}.md": text for number, text in enumerate(texts)}
    changed = {
        name: text
        for name, text in files.items()
        if not (place / "docs" / name).exists() or (place / "docs" / name).read_text() != text
    }
    write(place / "docs", changed)
    return Folder(place / "docs", "everyone")


def slack(place: Path, texts: list[str]) -> Source:
    days = [message(text, f"176760360{number}.0") for number, text in enumerate(texts)]
    return SlackExport(slack_zip(place / f"{len(texts)}.zip", {"general/2026-01-05": days}), "everyone")


def slack_live(place: Path, texts: list[str]) -> Source:
    """Read newest first: the first text is the newest."""
    made = Workspace()
    channel = made.add_channel("C1", "general", ["U1", "UBOT"])
    for number, text in reversed(list(enumerate(texts))):
        channel.messages[f"176760360{9 - number}.000000"] = message(text, f"176760360{9 - number}.000000")
    running = _OPEN.enter_context(in_thread(FakeSlack(made)))
    engine = open_ledger(f"sqlite:///{place / 'ledger.sqlite'}")
    _OPEN.callback(engine.dispose)
    return SlackWorkspace(SlackClient("xoxb-fake", running.slack.base_url), engine, Wanted("T1"), read)


def corpus(_: Path, texts: list[str]) -> Source:
    return Corpus("set", [CorpusText(str(number), "Title", text) for number, text in enumerate(texts)])


SOURCES: dict[str, Made] = {
    "folder": folder,
    "slack-export": slack,
    "slack-workspace": slack_live,
    "corpus": corpus,
}
TEXTS = ["Leave is 25 days.", "Pay is monthly."]


@pytest.fixture(params=SOURCES)
def made(request: pytest.FixtureRequest) -> Iterator[Made]:
    yield SOURCES[request.param]
    _OPEN.close()


def items(source: Source) -> list[Item]:
    return [item for item in source.items() if isinstance(item, Item)]


def test_every_document_is_listed_once(made: Made, tmp_path: Path) -> None:
    paths = [item.path for item in items(made(tmp_path, TEXTS))]
    assert len(paths) == len(set(paths)) == 2


def test_listing_again_gives_the_same_paths_and_stamps(made: Made, tmp_path: Path) -> None:
    source = made(tmp_path, TEXTS)
    first, second = ([(item.path, item.stamp) for item in items(source)] for _ in range(2))
    assert first == second


def test_a_changed_document_has_another_stamp_and_the_same_path(made: Made, tmp_path: Path) -> None:
    before = items(made(tmp_path, TEXTS))
    after = items(made(tmp_path, [TEXTS[0], "Pay is weekly now."]))
    assert [(old.path == new.path, old.stamp == new.stamp) for old, new in zip(before, after, strict=True)] == [
        (True, True),
        (True, False),
    ]


def test_a_new_document_leaves_the_others_as_they_are(made: Made, tmp_path: Path) -> None:
    before = items(made(tmp_path, TEXTS))
    after = items(made(tmp_path, [*TEXTS, "Jury duty is paid."]))
    assert [(item.path, item.stamp) for item in after[:2]] == [(item.path, item.stamp) for item in before]


def test_the_same_place_is_the_same_source(made: Made, tmp_path: Path) -> None:
    one, other = made(tmp_path, TEXTS), made(tmp_path, [*TEXTS, "Jury duty is paid."])
    assert (one.kind, one.location, one.name) == (other.kind, other.location, other.name)


def test_what_is_loaded_can_be_read(made: Made, tmp_path: Path) -> None:
    documents = [item.read(item.load()) for item in items(made(tmp_path, TEXTS))]
    said = [document.sections[0].blocks[0].text for document in documents]
    assert [text in found for text, found in zip(TEXTS, said, strict=True)] == [True, True]


def test_a_listed_document_is_covered(made: Made, tmp_path: Path) -> None:
    source = made(tmp_path, TEXTS)
    assert [source.covers(item.path) for item in items(source)] == [True, True]


def test_members_are_known_for_closed_audiences_only(made: Made, tmp_path: Path) -> None:
    assert "everyone" not in made(tmp_path, TEXTS).members()
