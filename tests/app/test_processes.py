"""Starting server and page: on this machine only, each told no more than it needs. `up` itself: tests/browser."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import processes
from app.bootstrap import Home
from app.processes import page_command, page_environment
from app.settings import Settings
from retrieval.errors import PortInUse, Unusable
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
        "FRONTDESK_LOGIN": "none",
        "FRONTDESK_WEB_URL": "",
        "FRONTDESK_HOST": "127.0.0.1",
    }


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "frontdesk.example"])
def test_where_others_come_in_somebody_must_sign_in(tmp_path: Path, host: str) -> None:
    said: list[str] = []
    settings = Settings(home=tmp_path / "home", host=host, port=free_port(), web_port=free_port())
    for start in (
        lambda: processes.serve(Home(settings), said.append),
        lambda: processes.web(settings, ""),
        lambda: processes.up(settings, "", said.append),
    ):
        with pytest.raises(Unusable, match=f"FRONTDESK_HOST is {host}, .* Set FRONTDESK_LOGIN to local or oidc first"):
            start()
    assert said == []
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_on_this_machine_nobody_must_sign_in(tmp_path: Path, host: str) -> None:
    processes.refuse_open_house(Settings(home=tmp_path, host=host))


def test_a_login_without_its_provider_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="set FRONTDESK_OIDC_ISSUER and FRONTDESK_OIDC_CLIENT"):
        processes.web(Settings(home=tmp_path, login="oidc"), "")


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:9001"), ("::", "http://[::1]:9001"), ("10.1.2.3", "http://10.1.2.3:9001")],
)
def test_processes_here_reach_a_server_that_listens_for_others(tmp_path: Path, host: str, url: str) -> None:
    assert processes.server_url(Settings(home=tmp_path, host=host, port=9001)) == url


def test_a_taken_server_port_is_told_before_anything_starts(tmp_path: Path, taken: int) -> None:
    home = Home(Settings(home=tmp_path / "home", port=taken))
    with pytest.raises(PortInUse, match=f"Port {taken} is in use by another program. Stop it, or set FRONTDESK_PORT"):
        processes.serve(home, print)
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
