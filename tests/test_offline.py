"""Law 8: nothing leaves the machine. Real processes in which every way out is barred, with tracing asked for."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.client import Client
from app.door import service_key
from app.events import Done
from tests.conftest import write
from tests.serving import free_port

pytestmark = pytest.mark.heavy

BARRED = Path(__file__).parent / "browser" / "loopback_only"
NOWHERE = "http://192.0.2.1:9"  # an address that is never given to anybody (RFC 5737)
QUESTION = "How many days of annual leave does every employee have?"
FILES = {
    "leave.md": "# Annual leave\n\nEvery employee has 27 days of annual leave.\n",
    "badges.md": "# Door badges\n\nA lost badge is blocked by calling the guard.\n",
}
# Runs the commands one after the other in one process: each line is a setting for FRONTDESK_LLM and the arguments.
COMMANDS = """
import os, sys
from app.cli import main
for line in sys.argv[1].split(chr(10)):
    os.environ["FRONTDESK_LLM"], *sys.argv[1:] = line.split("|")
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, ended.code
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the home, the documents and the list of attempts are."""
    return tmp_path_factory.mktemp("offline")


@pytest.fixture(scope="module")
def barred(folder: Path) -> dict[str, str]:
    """An environment that asks for tracing and hubs, and lets nothing out of this machine."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": f"{BARRED}{os.pathsep}{Path(__file__).parent.parent}",
        "LOOPBACK_ONLY_LOG": str(folder / "attempts.log"),
        "FRONTDESK_HOME": str(folder / "home"),
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGCHAIN_API_KEY": "key",
        "LANGSMITH_API_KEY": "key",
        "LANGSMITH_ENDPOINT": NOWHERE,
        "OTEL_EXPORTER_OTLP_ENDPOINT": NOWHERE,
    }


@pytest.fixture(scope="module")
def commands(barred: dict[str, str], folder: Path, llama_dir: Path) -> "subprocess.CompletedProcess[str]":
    """Ingest, ask for quotes, ask a Llama: one process, three lines of JSON."""
    handbook = write(folder / "handbook", FILES)
    lines = [f"|ingest|{handbook}|--json", f"|ask|{QUESTION}|--json", f"{llama_dir}|ask|{QUESTION}|--json"]
    return run(COMMANDS, "\n".join(lines), environment=barred)


def attempts(folder: Path) -> str:
    """The tries to reach another machine, one a line; read once."""
    log = folder / "attempts.log"
    found = log.read_text() if log.exists() else ""
    log.unlink(missing_ok=True)
    return found


def run(script: str, *arguments: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def ready(client: Client, server: "subprocess.Popen[Any]") -> bool:
    for _ in range(1200):
        assert server.poll() is None
        with suppress(Exception):
            return bool(client.ready())
        time.sleep(0.05)
    return False


def test_the_bar_holds(barred: dict[str, str], folder: Path) -> None:
    done = run("import socket\nsocket.create_connection(('192.0.2.1', 9), 1)", environment=barred)
    assert "The test allows this machine only" in done.stderr
    assert "192.0.2.1" in attempts(folder)


def test_ingesting_and_asking_reach_for_nothing_outside(
    commands: "subprocess.CompletedProcess[str]", folder: Path
) -> None:
    assert (commands.returncode, attempts(folder)) == (0, ""), commands.stderr
    ingested, quoted, written = commands.stdout.splitlines()
    assert '"added": 2' in ingested
    assert "27 days of annual leave" in quoted
    assert '"window": 2048' in written


def test_serving_reaches_for_nothing_outside(
    commands: "subprocess.CompletedProcess[str]", barred: dict[str, str], folder: Path, llama_dir: Path
) -> None:
    assert commands.returncode == 0
    key, url = service_key(folder / "home"), f"http://127.0.0.1:{(port := free_port())}"
    environment = barred | {"FRONTDESK_PORT": str(port), "FRONTDESK_LLM": str(llama_dir)}
    with subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], env=environment) as server:
        try:
            client = Client(url, key)
            assert ready(client, server)
            *_, last = client.ask(QUESTION)
            client.close()
            headers = {"Authorization": f"Bearer {key}"}
            body = {"model": "quoting", "messages": [{"role": "user", "content": QUESTION}]}
            quoted = httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers, trust_env=False, timeout=60)
        finally:
            server.terminate()
        assert server.wait(20) in (0, -signal.SIGTERM)  # uvicorn ends by the signal that it was stopped with
    assert isinstance(last, Done)
    assert "27 days of annual leave" in quoted.text
    assert attempts(folder) == ""
