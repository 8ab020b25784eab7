"""What the reading process has given up before it reads, seen from outside."""

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.jail import Jail, Limits
from ingest.wire import REQUEST
from tests.conftest import write
from tests.ingest.reading_processes import linux_only, process_of

pytestmark = linux_only
SLOW = b"# Slow\n\n" + b"*a " * 600_000  # minutes
HEAVY = {"torch", "openvino", "faiss", "langchain_core", "streamlit", "sqlalchemy", "numpy", "transformers"}


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail() as made:
        yield made


def shown(jail: Jail, file: str) -> str:
    return Path(f"/proc/{process_of(jail)}/{file}").read_text()


def test_it_is_told_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_LLM_KEY", "hidden")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "hidden")
    with Jail() as jail:
        names = {entry.partition("=")[0] for entry in shown(jail, "environ").split("\0")}
    assert names <= {"", "PYTHONPATH", "PYTHONUTF8"}


def test_it_inherits_no_open_file(tmp_path: Path) -> None:
    secret = os.open(tmp_path / "secret", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(secret, True)  # noqa: FBT003
    with Jail() as jail:
        files = [file.readlink() for file in Path(f"/proc/{process_of(jail)}/fd").iterdir()]
    os.close(secret)
    assert sorted(file.name.partition(":")[0] for file in files) == ["null", "null", "pipe", "pipe"]


# Run by a child: confines itself or not, then tries what a hostile file would make it do; prints what was possible.
TRIES = """
import os, resource, socket, subprocess, sys
from ingest.jail_worker import confine, limit_memory
held = [*confine(), *["memory"] * limit_memory(2**27)] if sys.argv[1] == "confined" else []
os.chdir(sys.argv[2])
tries = {
    "memory": lambda: bytearray(2**28),
    "files": lambda: open("new", "w").write("text"),
    "programs": lambda: subprocess.run(["/bin/true"], check=True),
    "programs: remove": lambda: os.unlink("a"),
    "programs: empty": lambda: open("b", "w").close(),
    "network": lambda: socket.create_connection(("127.0.0.1", int(sys.argv[3])), 5).close(),
}
for name, attempt in tries.items():
    try:
        attempt()
        print(name)
    except (OSError, MemoryError):
        pass
print("held:", *held)
"""


@pytest.mark.parametrize("confined", [True, False], ids=["confined", "free"])
def test_what_a_hostile_file_would_make_it_do_is_impossible_where_the_limit_holds(
    tmp_path: Path, confined: bool
) -> None:
    write(tmp_path, {"a": "a", "b": "b"})
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = ["confined" if confined else "free", str(tmp_path), str(server.getsockname()[1])]
        done = subprocess.run([sys.executable, "-c", TRIES, *words], capture_output=True, text=True, check=True)
    *possible, last = done.stdout.splitlines()
    held = last.split()[1:]
    everything = ["memory", "files", "programs", "programs: remove", "programs: empty", "network"]
    assert possible == [name for name in everything if name.partition(":")[0] not in held]
    assert bool(held) == confined


def test_its_limits_are_for_good(jail: Jail) -> None:
    kinds = (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)
    assert [resource.prlimit(process_of(jail), kind) for kind in kinds] == [(0, 0), (0, 0), (32, 32)]
    assert "NoNewPrivs:\t1" in shown(jail, "status")


def test_its_memory_is_limited_above_what_it_needs_to_wait() -> None:
    with Jail(Limits(memory=2**30)) as jail:
        soft, hard = resource.prlimit(process_of(jail), resource.RLIMIT_AS)
    assert soft == hard
    assert 2**30 < hard < 2**30 + 2**28


def test_processor_time_ends_it_also_when_nobody_looks_at_a_clock() -> None:
    command = [sys.executable, "-m", "ingest.jail_worker", "0.1", str(2**30)]
    request = REQUEST.pack(4, len(SLOW)) + b"a.md" + SLOW
    done = subprocess.run(command, input=request, capture_output=True, timeout=20, check=False)
    assert done.returncode == -signal.SIGXCPU


def test_it_loads_nothing_heavy() -> None:
    script = """
import sys
from ingest.jail_worker import _reader
assert _reader()(b"# Leave", "a.md").title == "Leave"
print(*{name.partition(".")[0] for name, module in sys.modules.items() if module})
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "lxml" in done.stdout.split()
    assert HEAVY & set(done.stdout.split()) == set()


def test_it_leaves_the_network_whatever_the_readers_import(jail: Jail) -> None:
    # A reader's library imported NumPy, whose threads kept the process in this machine's network.
    alone = "from ingest.jail_worker import confine; print(*confine())"
    done = subprocess.run([sys.executable, "-c", alone], capture_output=True, text=True, check=True)
    assert jail.held - {"time", "output", "memory"} == set(done.stdout.split())
