"""Whatever a document does to the process that reads it: one reason, and the next document is read."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.bootstrap import Home
from ingest import reader
from ingest.jail import Jail, Limits
from ingest.report import NoProgress, Report
from ingest.wire import ANSWER, DOCUMENT, REASON, packed
from retrieval.access import PUBLIC
from retrieval.document import Document
from retrieval.errors import Unreadable, Unusable
from tests.conftest import write
from tests.ingest.reading_processes import children, is_busy, is_gone, linux_only, process_of

FINE = b"# Leave\n\nEverybody has 27 days."
SLOW = b"# Slow\n\n" + b"*a " * 60_000  # half a second
ENDLESS = b"# Endless\n\n" + b"*a " * 3_000_000
LONG = b"# Long\n\n" + b"Words and words. " * 70_000
BULKY = b"Words and words.\n\n" * 400_000


@pytest.fixture
def jail() -> Iterator[Jail]:
    with Jail() as made:
        yield made


@contextmanager
def soon(act: Callable[[], object]) -> Iterator[None]:
    """Do it a moment later, while a document is read."""
    timer = threading.Timer(0.1, act)
    timer.start()
    yield
    timer.join()


def reason(jail: Jail, data: bytes, path: str = "a.md") -> str:
    """Why it cannot be read; the next document can."""
    with pytest.raises(Unreadable) as failed:
        jail.read(data, path)
    assert jail.read(FINE, "leave.md") == reader.read(FINE, "leave.md")
    return str(failed.value)


def test_one_process_reads_all_documents_as_this_one_would(jail: Jail) -> None:
    process = process_of(jail)
    for path in ("leave.md", "leave.txt", "leave.html", "Portugal/leave.md"):
        assert jail.read(FINE, path) == reader.read(FINE, path)
    assert process_of(jail) == process


def test_a_reader_that_refuses_says_why_and_its_process_reads_on(jail: Jail) -> None:
    before = process_of(jail)
    assert reason(jail, b"\x00\xff\x00", "a.txt") == "it is a binary file, not text"
    assert reason(jail, b"text", "a.xyz") == reader.unsupported("a.xyz")
    assert reason(jail, b"x" * (reader.LARGEST + 1)) == "the file has 32 MiB, the limit is 32 MiB"
    assert process_of(jail) == before


def test_a_document_that_takes_too_long_is_given_up() -> None:
    with Jail(Limits(seconds=0.3)) as jail:
        assert reason(jail, ENDLESS) == "reading it takes longer than 0.3 seconds"


@linux_only
@pytest.mark.parametrize("path", ["a.txt", "a.html"])
def test_a_document_that_takes_too_much_memory_is_given_up(path: str) -> None:
    with Jail(Limits(memory=32 * 2**20)) as jail:
        assert reason(jail, BULKY, path) == "reading it takes more than 32 MiB of memory"


def test_a_document_that_holds_too_much_is_given_up() -> None:
    with Jail(Limits(output=10**6)) as jail:
        assert reason(jail, LONG) == "it holds more than 1 MB of text"


def test_a_document_that_ends_its_process_is_given_up(jail: Jail) -> None:
    process = process_of(jail)
    with soon(lambda: os.kill(process, signal.SIGSEGV)):
        assert reason(jail, ENDLESS) == "it ends the process that reads it (SIGSEGV)"


def test_a_process_that_had_read_others_may_be_to_blame_so_a_fresh_one_tries(jail: Jail) -> None:
    process = process_of(jail)
    jail.read(FINE, "a.md")
    with soon(lambda: os.kill(process, signal.SIGSEGV)):
        assert jail.read(SLOW, "a.md").title == "Slow"
    assert process_of(jail) != process


def test_a_process_that_died_while_it_waited_is_replaced(jail: Jail) -> None:
    process = process_of(jail)
    jail.read(FINE, "a.md")
    os.kill(process, signal.SIGKILL)
    assert is_gone(process)
    assert jail.read(FINE, "a.md").title == "Leave"


def say(process: int, *words: bytes) -> None:
    """Say something in the process's name, where it gives its answers."""
    (answers,) = [
        file
        for file in Path(f"/proc/{process}/fd").iterdir()
        if file.readlink().name.startswith("pipe:") and int(file.name) > 2
    ]
    answers.write_bytes(b"".join(words))


@linux_only
@pytest.mark.parametrize(
    "words",
    [
        ANSWER.pack(b"?", 3) + b"abc",
        ANSWER.pack(DOCUMENT, 4) + b"\x80\x04K\x05",  # a pickle
    ],
)
def test_rubbish_is_no_document(jail: Jail, words: bytes) -> None:
    process = process_of(jail)
    with soon(lambda: say(process, words)):
        assert reason(jail, ENDLESS) == "the process that read it answered with something else than a document"
    assert is_gone(process)


@linux_only
def test_endless_output_is_not_waited_for(jail: Jail) -> None:
    process = process_of(jail)
    with soon(lambda: say(process, ANSWER.pack(DOCUMENT, 2**60))):
        assert reason(jail, ENDLESS) == "it holds more than 50 MB of text"


@linux_only
def test_what_was_said_unasked_is_not_taken_for_the_next_document(jail: Jail) -> None:
    process = process_of(jail)
    forged = packed(Document("Forged", reader.read(FINE, "a.md").sections))
    say(process, ANSWER.pack(DOCUMENT, len(forged)), forged)
    assert jail.read(FINE, "a.md").title == "Leave"
    assert is_gone(process)


@linux_only
def test_a_reason_cannot_draw_on_the_terminal(jail: Jail) -> None:
    process = process_of(jail)
    with soon(lambda: say(process, ANSWER.pack(REASON, 9), b"\x1b[2Jbad\r\n")), pytest.raises(Unreadable) as failed:
        jail.read(ENDLESS, "a.md")
    assert str(failed.value) == "[2Jbad"


@linux_only
def test_ctrl_c_ends_the_process_at_once(jail: Jail) -> None:
    process = process_of(jail)
    os.kill(process, signal.SIGSTOP)  # it takes long, and nothing else
    with soon(lambda: os.kill(os.getpid(), signal.SIGINT)), pytest.raises(KeyboardInterrupt):
        jail.read(FINE, "a.md")
    assert is_gone(process)
    assert jail.read(FINE, "a.md").title == "Leave"


@linux_only
def test_closed_it_leaves_no_process() -> None:
    with Jail() as jail:
        process = process_of(jail)
        assert children(os.getpid()) == [process]
    assert children(os.getpid()) == []


DIES = """
import sys, time
from ingest.jail import Jail
jail = Jail()
print(jail._ready()._process.pid, flush=True)
while True:
    jail.read(sys.stdin.buffer.read(), "a.md")
    time.sleep(60)
"""


@linux_only
@pytest.mark.parametrize("document", [ENDLESS, b"# Waits\n\nText."], ids=["reading", "waiting"])
def test_killed_it_leaves_no_process(document: bytes) -> None:
    with subprocess.Popen([sys.executable, "-c", DIES], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdin
        assert parent.stdout
        process = int(parent.stdout.readline())
        parent.stdin.write(document)
        parent.stdin.close()
        assert document != ENDLESS or is_busy(process)
        parent.kill()
    assert is_gone(process)


def test_a_process_that_cannot_be_started_is_no_documents_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Jail() as jail, pytest.raises(Unusable, match=r"reads documents cannot be started \(exit status 1\)"):
        jail.read(FINE, "a.md")


class Killing:
    """Ends the reading process after each document."""

    def __init__(self) -> None:
        self.killed = 0

    def at(self, report: Report, total: int) -> None:
        for process in children(os.getpid()):
            os.kill(process, signal.SIGKILL)
            self.killed += 1


BROKEN = {"binary.txt": b"\x00\xff\x00", "empty.md": b"", "huge.html": b"<p>x" * (9 * 2**20)}


@linux_only
@pytest.mark.parametrize("progress", [NoProgress(), Killing()], ids=["undisturbed", "killed after each document"])
def test_the_good_ones_among_broken_files_are_answerable(home: Home, tmp_path: Path, progress: Killing) -> None:
    good = {"a.md": "# Leave\n\nEverybody has 27 days of leave.", "z.html": "<h1>Pay</h1><p>Salaries come monthly."}
    folder = write(tmp_path / "office", good)
    for name, data in BROKEN.items():
        (folder / name).write_bytes(data)
    report = home.ingest(folder, "everyone", progress)
    assert (report.added, [failure.uri for failure in report.failed]) == (2, [f"office/{name}" for name in BROKEN])
    found = [home.retriever.search(question, PUBLIC, 1)[0].chunk.uri for question in ("days of leave", "salaries")]
    assert found == ["office/a.md", "office/z.html"]
    assert children(os.getpid()) == []
    assert getattr(progress, "killed", 2) >= 2
