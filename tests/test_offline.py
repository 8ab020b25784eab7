"""Law 8: nothing leaves the machine. Real processes in which every way out is barred, with tracing asked for."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.client import Client
from app.events import Done
from tests.conftest import write
from tests.serving import free_port

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


@pytest.fixture
def barred(tmp_path: Path) -> dict[str, str]:
    """An environment that asks for tracing and hubs, and lets nothing out of this machine."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": f"{BARRED}{os.pathsep}{Path(__file__).parent.parent}",
        "LOOPBACK_ONLY_LOG": str(tmp_path / "attempts.log"),
        "FRONTDESK_HOME": str(tmp_path / "home"),
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGCHAIN_API_KEY": "key",
        "LANGSMITH_API_KEY": "key",
        "LANGSMITH_ENDPOINT": NOWHERE,
        "OTEL_EXPORTER_OTLP_ENDPOINT": NOWHERE,
    }


def attempts(tmp_path: Path) -> str:
    log = tmp_path / "attempts.log"
    return log.read_text() if log.exists() else ""


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


def test_the_bar_holds(barred: dict[str, str], tmp_path: Path) -> None:
    done = run("import socket\nsocket.create_connection(('192.0.2.1', 9), 1)", environment=barred)
    assert "This test allows" in done.stderr or "The test allows this machine only" in done.stderr
    assert "192.0.2.1" in attempts(tmp_path)


def test_ingesting_and_asking_reach_for_nothing_outside(
    barred: dict[str, str], tmp_path: Path, llama_dir: Path
) -> None:
    folder = write(tmp_path / "handbook", FILES)
    commands = [f"|ingest|{folder}|--json", f"|ask|{QUESTION}|--json", f"{llama_dir}|ask|{QUESTION}|--json"]
    done = run(COMMANDS, "\n".join(commands), environment=barred)
    assert (done.returncode, attempts(tmp_path)) == (0, ""), done.stderr
    ingested, quoted, written = done.stdout.splitlines()
    assert '"added": 2' in ingested
    assert "27 days of annual leave" in quoted
    assert '"window": 2048' in written


def test_serving_reaches_for_nothing_outside(barred: dict[str, str], tmp_path: Path, llama_dir: Path) -> None:
    folder = write(tmp_path / "handbook", FILES)
    port = free_port()
    environment = barred | {"FRONTDESK_PORT": str(port), "FRONTDESK_LLM": str(llama_dir)}
    assert run(COMMANDS, f"|ingest|{folder}|--json", environment=barred).returncode == 0
    with subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], env=environment) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            while not (tmp_path / "home" / "service.key").exists():
                time.sleep(0.05)
            client = Client(url, (tmp_path / "home" / "service.key").read_text())
            assert ready(client, server)
            *_, last = client.ask(QUESTION)
            key = {"Authorization": f"Bearer {(tmp_path / 'home' / 'service.key').read_text()}"}
            body = {"model": "quoting", "messages": [{"role": "user", "content": QUESTION}]}
            quoted = httpx.post(f"{url}/v1/chat/completions", json=body, headers=key, trust_env=False, timeout=60)
        finally:
            server.terminate()
    assert isinstance(last, Done)
    assert "27 days of annual leave" in quoted.text
    assert attempts(tmp_path) == ""
