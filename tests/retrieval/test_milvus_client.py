"""Speaking to Milvus: what it is told, what is kept from it, and how it fails."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from retrieval import milvus_client
from retrieval.errors import IndexUnavailable, Unusable
from retrieval.milvus_client import CollectionGone, Milvus
from tests.serving import free_port

pytestmark = pytest.mark.heavy

HOLD = """
import sys
from pathlib import Path
from retrieval.milvus_client import Milvus
Milvus(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index.db"


@contextmanager
def lite_server(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """A file that Milvus Lite serves to several processes."""
    script = "import sys; from milvus_lite.adapter.grpc.server import run_server; run_server(sys.argv[1], '127.0.0.1', "
    command = [sys.executable, "-u", "-c", f"{script}{port})", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline()
        try:
            yield server
        finally:
            server.kill()


def test_a_file_is_open_to_one_process_and_the_second_is_told_so(file: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(IndexUnavailable, match=r"index\.db is open in another process, and only one can use it"):
            Milvus(str(file))
    assert Milvus(str(file)).names("") == []


def ports() -> set[str]:
    """The ports on which this process listens."""
    own = {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    return {columns[1] for columns in lines if columns[3] == "0A" and f"socket:[{columns[9]}]" in own}


def test_a_file_is_served_to_this_user_alone(file: Path) -> None:
    # pymilvus would open a port on which every user of the machine could read and delete the vectors.
    before = ports()
    Milvus(str(file))
    assert ports() == before
    address = milvus_client._served[file]
    assert address.startswith("unix:")
    assert Path(address.removeprefix("unix:")).parent.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o700


def test_a_server_that_is_not_there_is_told_soon_and_without_secrets() -> None:
    port, begun = free_port(), time.monotonic()
    with pytest.raises(IndexUnavailable, match=rf"Milvus at http://127.0.0.1:{port} cannot be used") as told:
        Milvus(f"http://ann:secret@127.0.0.1:{port}")
    assert time.monotonic() - begun < 20
    assert "secret" not in str(told.value)
    assert told.value.retryable


def test_a_server_that_goes_away_and_comes_back_is_used_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.milvus_client._ASK", 1.0)
    port = free_port()
    with lite_server(file, port):
        milvus = Milvus(f"http://127.0.0.1:{port}")
        milvus.create("one", 8, "")
    begun = time.monotonic()
    with pytest.raises(IndexUnavailable, match="the ledger is complete, and the index follows by itself"):
        milvus.names("")
    assert time.monotonic() - begun < 20
    with lite_server(file, port):
        assert milvus.names("") == ["one"]


def test_a_collection_that_is_gone_is_told_apart(file: Path) -> None:
    with pytest.raises(CollectionGone):
        Milvus(str(file)).load("nothing")


def test_what_fails_is_told_once_and_not_printed(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    milvus = Milvus(str(file))
    with pytest.raises(IndexUnavailable):
        milvus.count("nothing")
    assert capfd.readouterr() == ("", "")
    assert [logging.getLogger(name).handlers for name in ("pymilvus", "pymilvus.milvus_client")] == [[], []]


def test_user_and_password_are_decoded_and_kept_out_of_the_name() -> None:
    assert milvus_client._address("https://ann:p%40ss:x@milvus.example:19530/hr") == (
        "https://milvus.example:19530/hr",
        "ann:p@ss:x",
    )


@pytest.mark.parametrize("place", ["ftp://ann:secret@host:1", "http://"])
def test_what_is_no_address_of_a_server_is_refused_without_its_secrets(place: str) -> None:
    with pytest.raises(Unusable, match="A Milvus server is named as http://HOST:PORT") as told:
        Milvus(place)
    assert "secret" not in str(told.value)


def test_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"ends in \.db, which .*index\.milvus does not"):
        Milvus(str(tmp_path / "index.milvus"))


@pytest.mark.parametrize("package", ["pymilvus", "milvus_lite.adapter.grpc.server"])
def test_a_missing_package_says_what_to_install(file: Path, monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Unusable, match=r"Run: pip install 'frontdesk\[milvus\]'"):
        Milvus(str(file))
