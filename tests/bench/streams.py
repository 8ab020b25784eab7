"""Open answers on one server process: 500 people follow an answer of ten events a second each.

    python -m tests.bench.streams [--streams 500] [--seconds 20]

The server is the real one in a process of its own; its answerer says a number every tenth of a second. This process
opens the streams and notes when each event comes, so that server and listeners share the machine. Measured from the
moment when all streams are open. Prints the gaps' percentiles, numbers that never came, and the server's memory for
each stream.
"""

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import uvicorn

from app.answerer import Answering, Piece, Size
from app.bootstrap import Home
from app.quiet import share_processors, switch_off_telemetry
from app.server import make_app
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.budget import TokenUse
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from tests.conftest import write
from tests.serving import free_port

_log = logging.getLogger(__name__)
_KEY, _GAP = "the-key", 0.1  # seconds between two events
_QUESTION = "How many days of leave do I get?"
_HEAD = {"Authorization": f"Bearer {_KEY}"}


class Ticking:
    """Says a number every tenth of a second."""

    name = "ticking"

    def check(self, question: str) -> Size:
        """Every question."""
        return Size(len(question), 1000, "characters")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        """Nothing."""
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Tick until somebody stops it."""
        return Answering(tuple(passages), TokenUse(), self._ticks())

    def _ticks(self) -> Iterator[Piece]:
        begun = time.monotonic()
        for number in range(36_000):
            time.sleep(max(0.0, begun + number * _GAP - time.monotonic()))
            yield Piece(f"{number} ")


@dataclass
class Heard:
    """What one listener heard: when each number came."""

    numbers: list[int] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)


def serve(port: int, folder: Path) -> None:
    """The server, in this process."""
    home = Home(Settings(home=folder / "home"))
    home.ingest(write(folder / "documents", {"leave.md": "# Leave\n\n25 days of leave.\n"}), "everyone", NoProgress())
    home.__dict__["answerers"] = {"ticking": Ticking()}
    uvicorn.run(make_app(home, _KEY), port=port, log_level="error", access_log=False)


async def measure(port: int, pid: int, streams: int, seconds: float) -> None:
    """Open the streams, listen, print."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=_HEAD, timeout=120) as http:
        before = _resident(pid)
        heard = [Heard() for _ in range(streams)]
        listening = []
        for one in heard:
            begun = await http.post("/api/questions", json={"question": _QUESTION})
            listening.append(asyncio.create_task(_listen(port, begun.json()["conversation"], one)))
        while not all(one.numbers for one in heard):
            await asyncio.sleep(0.1)
        await asyncio.sleep(2)
        start = time.perf_counter()
        await asyncio.sleep(seconds)
        end, with_streams = time.perf_counter(), _resident(pid)
        for task in listening:
            task.cancel()
    gaps = np.concatenate([1000 * np.diff([m for m in one.moments if start <= m <= end]) for one in heard])
    missing = sum(one.numbers[-1] - one.numbers[0] + 1 - len(one.numbers) for one in heard)
    p50, p99 = np.percentile(gaps, (50, 99))
    rate = len(gaps) / seconds
    _log.info(
        f"{streams} streams, {seconds:.0f} s: {rate:.0f} events/s; gap p50 {p50:.0f} ms, p99 {p99:.0f} ms, "
        f"longest {gaps.max():.0f} ms; {missing} events missing; "
        f"{(with_streams - before) / streams / 1000:.0f} kB for each stream"
    )


async def _listen(port: int, conversation: str, heard: Heard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"GET /api/conversations/{conversation}/answer HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {_KEY}",
    )
    writer.write("".join(f"{line}\r\n" for line in (*head, "")).encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"data:"):
                event = json.loads(line[5:])
                if event["kind"] == "token":
                    heard.numbers.append(int(event["text"]))
                    heard.moments.append(time.perf_counter())
    finally:
        writer.close()


def _resident(pid: int) -> int:
    """Bytes of memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def main() -> None:
    """Start the server, measure, stop it."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--serve", nargs=2, metavar=("PORT", "FOLDER"))
    chosen = parser.parse_args()
    switch_off_telemetry()
    share_processors()
    if chosen.serve:
        serve(int(chosen.serve[0]), Path(chosen.serve[1]))
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.streams", "--serve", str(port), folder]
        with subprocess.Popen(command) as server:
            try:
                _wait_for(port)
                asyncio.run(measure(port, server.pid, chosen.streams, chosen.seconds))
            finally:
                server.kill()


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    main()
