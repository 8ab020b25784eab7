"""Starting server and page: on this machine only, each told no more than it needs. `up` itself: tests/browser."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import processes
from app.bootstrap import Home
from app.processes import page_command, page_environment
from app.settings import Settings
from retrieval.errors import PortInUse
from tests.serving import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def test_the_page_listens_on_this_machine_only(tmp_path: Path) -> None:
    command = page_command(Settings(home=tmp_path, web_port=9002))
    assert "--server.address=127.0.0.1" in command
    assert "--server.port=9002" in command


@pytest.mark.parametrize("flag", ["--browser.gatherUsageStats=false", "--client.showErrorDetails=none"])
def test_the_page_sends_no_statistics_and_shows_no_stack_trace(tmp_path: Path, flag: str) -> None:
    assert flag in page_command(Settings(home=tmp_path))


def test_the_page_is_told_where_the_key_is_not_the_key(tmp_path: Path) -> None:
    told = page_environment(Settings(home=tmp_path, port=9001), "sam@office.example")
    assert {name: told[name] for name in told if name.startswith("FRONTDESK_")} == {
        "FRONTDESK_SERVER": "http://127.0.0.1:9001",
        "FRONTDESK_KEY_FILE": str(tmp_path / "service.key"),
        "FRONTDESK_AS": "sam@office.example",
    }


def test_a_taken_server_port_is_told_before_anything_starts(tmp_path: Path, taken: int) -> None:
    home = Home(Settings(home=tmp_path / "home", port=taken))
    with pytest.raises(PortInUse, match=f"Port {taken} is in use by another program. Stop it, or set FRONTDESK_PORT"):
        processes.serve(home)
    assert not (tmp_path / "home").exists()


def test_a_taken_page_port_is_told_before_anything_starts(tmp_path: Path, taken: int) -> None:
    with pytest.raises(PortInUse, match="set FRONTDESK_WEB_PORT to a free port"):
        processes.web(Settings(home=tmp_path, web_port=taken), "")


@pytest.mark.parametrize("which", ["port", "web_port"])
def test_up_starts_nothing_when_one_port_is_taken(tmp_path: Path, taken: int, which: str) -> None:
    ports = {"port": free_port(), "web_port": free_port()} | {which: taken}
    said: list[str] = []
    with pytest.raises(PortInUse, match=f"set FRONTDESK_{which.upper()} "):
        processes.up(Settings(home=tmp_path, **ports), "", said.append)  # type: ignore[arg-type]
    assert said == []
