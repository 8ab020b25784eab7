"""The real thing as child processes: `frontdesk up` in a home of the test's, cut off from the internet."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.serving import free_port

_FRONTDESK = Path(sys.executable).parent / "frontdesk"
_ROOT = Path(__file__).resolve().parent.parent.parent  # these tests' own code, wherever the package is installed from
_NOWHERE = "http://192.0.2.1:9"  # an address that is never given to anybody (RFC 5737)
_TRACING = {
    "LANGSMITH_TRACING": "true",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGSMITH_API_KEY": "key",
    "LANGSMITH_ENDPOINT": _NOWHERE,
    "OTEL_EXPORTER_OTLP_ENDPOINT": _NOWHERE,
    "OTEL_TRACES_EXPORTER": "otlp",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
    "HF_HUB_OFFLINE": "0",
    "HTTP_PROXY": _NOWHERE,
    "http_proxy": _NOWHERE,
    "HTTPS_PROXY": _NOWHERE,
}


@dataclass(frozen=True)
class Stack:
    """A running server with its page. `attempts` are the tries to reach another machine, which were refused."""

    page: str
    server: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def attempts(self) -> str:
        """One line each; empty if there were none."""
        log = self.folder / "attempts.log"
        return log.read_text() if log.exists() else ""

    @property
    def said(self) -> str:
        """What the processes printed."""
        return (self.folder / "output.log").read_text()

    def processes(self) -> list[int]:
        """Every living process that was started for this home."""
        mark = f"FRONTDESK_HOME={self.folder}".encode()
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and mark in _told(entry)]

    def busy_for(self, seconds: float) -> float:
        """The processor time, in seconds, that all of them take while so much time passes."""
        before = sum(map(_processor_time, self.processes()))
        time.sleep(seconds)
        return sum(map(_processor_time, self.processes())) - before

    def stop(self) -> int:
        """Press Ctrl-C; returns the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def environment(folder: Path) -> dict[str, str]:
    """Tracing asked for, everything but this machine closed, nothing of this machine's settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    guard = {
        "PYTHONPATH": os.pathsep.join(map(str, (Path(__file__).parent / "loopback_only", _ROOT))),
        "LOOPBACK_ONLY_LOG": str(folder / "attempts.log"),
    }
    return own | _TRACING | guard | {"FRONTDESK_HOME": str(folder / "home")}


def frontdesk(folder: Path, *words: str) -> None:
    """Run one command to its end."""
    subprocess.run([str(_FRONTDESK), *words], env=environment(folder), cwd=folder, check=True, capture_output=True)


@contextmanager
def up(folder: Path, *flags: str, login: str = "none") -> Iterator[Stack]:
    """Run `frontdesk up` until the block ends."""
    port, web_port = free_port(), free_port()
    own = {"FRONTDESK_PORT": str(port), "FRONTDESK_WEB_PORT": str(web_port), "FRONTDESK_LOGIN": login}
    told = environment(folder) | own
    with (folder / "output.log").open("wb") as output:
        command = [str(_FRONTDESK), "up", *flags]
        process = subprocess.Popen(command, env=told, cwd=folder, stdout=output, stderr=output)
    stack = Stack(f"http://127.0.0.1:{web_port}", f"http://127.0.0.1:{port}", folder, process)
    try:
        _wait_until_ready(stack)
        yield stack
    finally:
        if process.poll() is None:
            stack.stop()


def _wait_until_ready(stack: Stack) -> None:
    deadline = time.monotonic() + 300
    while "Stop with Ctrl-C" not in stack.said:
        if stack.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"frontdesk up did not start:\n{stack.said}")
        time.sleep(0.2)


def _processor_time(process: int) -> float:
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _told(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes()
    except OSError:  # ended meanwhile, or somebody else's
        return b""
