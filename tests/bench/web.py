"""The web page under 50 people: how long a run of its script takes, and how soon a first visit can be used.

    python -m tests.bench.web [--sessions 50] [--seconds 60] [--think 5]

`frontdesk up --demo` in processes of its own. Each session is a web socket as a browser opens it, with a conversation
of two turns before it; it asks Streamlit to run the page again, waits for the end of the run, and waits `--think`
seconds on average. No browser draws what comes: this measures the server side, on a machine that the sessions share.
Then Debian's Chromium opens the page afresh five times beside nobody else: from the request until one can type.
"""

import argparse
import asyncio
import logging
import random
import tempfile
import time
from pathlib import Path

import aiohttp
import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from app.client import Client
from app.door import service_key
from tests.browser.chromium import chromium, visit
from tests.browser.stack import Stack, up

_log = logging.getLogger(__name__)
_QUESTIONS = ("What is the hotel cap in Lisbon?", "How many volunteering days do I get?")
_PERSON, _NAME = "sam.whitlock@quillmere.example", "Sam+Whitlock"


async def _session(address: str, query: str, chosen: argparse.Namespace, runs: list[float]) -> None:
    socket = f"{address.replace('http', 'ws')}/_stcore/stream"
    async with aiohttp.ClientSession() as http, http.ws_connect(socket, protocols=("streamlit",), max_msg_size=0) as ws:
        end = time.perf_counter() + chosen.seconds
        await asyncio.sleep(random.uniform(0, chosen.think))
        while time.perf_counter() < end:
            begun = time.perf_counter()
            await ws.send_bytes(_rerun(query))
            await _end_of_run(ws)
            runs.append(time.perf_counter() - begun)
            await asyncio.sleep(random.uniform(0, 2 * chosen.think))


def _rerun(query: str) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = query
    return bytes(message.SerializeToString())


async def _end_of_run(ws: aiohttp.ClientWebSocketResponse) -> None:
    async for received in ws:
        message = ForwardMsg()
        message.ParseFromString(received.data)
        if message.WhichOneof("type") == "script_finished":
            return
    raise RuntimeError("the page closed the connection")


async def _all_sessions(address: str, query: str, chosen: argparse.Namespace) -> list[float]:
    runs: list[float] = []
    await asyncio.gather(*(_session(address, query, chosen, runs) for _ in range(chosen.sessions)))
    return runs


def _conversation(stack: Stack) -> str:
    """Two turns, asked as the page asks."""
    client = Client(stack.server, service_key(stack.folder / "home" / "demo"), _PERSON)
    found = ""
    for question in _QUESTIONS:
        found = client.begin(question, found)
        for _ in client.follow(found):
            pass
    client.close()
    return found


def _first_visits(stack: Stack) -> list[float]:
    taken = []
    with chromium() as browser:
        for _ in range(5):
            begun = time.perf_counter()
            with visit(browser, stack.page):
                taken.append(time.perf_counter() - begun)
    return taken


def main() -> None:
    """Start it all, measure, print."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, up(Path(folder), "--demo") as stack:
        query = f"person={_NAME}&conversation={_conversation(stack)}"
        runs = asyncio.run(_all_sessions(stack.page, query, chosen))
        first = _first_visits(stack)
    p50, p95, p99 = np.percentile(runs, (50, 95, 99))
    _log.info(f"{chosen.sessions} sessions, {len(runs)} runs: p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s")
    _log.info(f"first visit until a question can be typed: median {np.median(first):.2f} s, longest {max(first):.2f} s")


if __name__ == "__main__":
    main()
