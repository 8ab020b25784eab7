"""Reading a live workspace from a fake Slack without rate limits, and once more: time beyond embedding, peak memory.

    python -m tests.bench.slack_sync [--messages 100000]

The fake runs in a process of its own. Half of all messages are in threads of six, spread over twenty channels. Texts
are counted by the real tokenizer; vectors cost nothing, so that what is measured is everything else. On a busy machine
the seconds that the process worked say more than those on the wall.
"""

import argparse
import asyncio
import logging
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from app.bootstrap import Home
from app.settings import Settings
from ingest.jail import Jail
from ingest.report import NoProgress
from ingest.slack_client import SlackClient
from ingest.slack_pace import Pace
from ingest.slack_workspace import SlackWorkspace, Wanted
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.reading import Reading, Vectors
from retrieval.words import no_words
from tests.fake_slack import FakeSlack, ManualClock, Workspace
from tests.fake_slack.messages import count_replies

_log = logging.getLogger(__name__)
_CHANNELS, _USERS, _REPLIES = 20, 500, 5
_WORDS = ("travel", "leave", "desk", "plan", "team", "pay", "office", "rules", "report", "hotel", "claim", "manager")


class Instant:
    """Counts tokens as the real embedder does; its vectors are random numbers that were drawn before."""

    id = "instant@1"
    runtime = "nothing"

    def __init__(self) -> None:
        model = EmbeddingModel(installed_minilm())
        self.dim, self.max_tokens, self.tokens = model.dim, model.max_tokens, model.tokens
        self.tokens_read = 0
        self._vector = np.random.default_rng(1).normal(size=(1000, self.dim)).astype(np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        found: Vectors = self._vector[np.arange(len(texts)) % len(self._vector)]
        return found

    def query(self, text: str) -> Vectors:
        found: Vectors = self._vector[0]
        return found

    def read(self, texts: Sequence[str]) -> list[Reading]:
        return [Reading(vector, no_words(self.dim)) for vector in self.passages(texts)]

    def read_query(self, text: str) -> Reading:
        return self.read([text])[0]


def workspace(messages: int) -> Workspace:
    """So many messages in public channels that the app is in."""
    pick = random.Random(1)
    made = Workspace(clock=ManualClock(time.time() - 90 * 86_400))
    for number in range(_USERS):
        made.add_user(f"U{number}", f"user{number}", f"user{number}@x.example", real_name=f"User {number}")
    channels = [made.add_channel(f"C{number}", f"channel-{number}", ["U1", "UBOT"]) for number in range(_CHANNELS)]
    written = 0
    while written < messages:
        channel = pick.choice(channels)
        root = made.next_ts()
        replies = _REPLIES if pick.random() < 1 / (_REPLIES + 2) else 0
        for ts in [root, *(made.next_ts() for _ in range(replies))]:
            text = " ".join(pick.choices(_WORDS, k=pick.randrange(5, 60)))
            thread = {"thread_ts": root} if replies else {}
            message = {"type": "message", "user": f"U{pick.randrange(_USERS)}", "text": text, "ts": ts, "team": "T1"}
            channel.messages[ts] = message | thread
            written += 1
        if replies:
            count_replies(channel, root)
    return made


async def serve(messages: int) -> None:
    """Run the fake until somebody ends it; says first where it is."""
    async with FakeSlack(workspace(messages)) as slack:
        sys.stdout.write(f"{slack.base_url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def measure(url: str, place: Path) -> None:
    """Read it twice: all of it, then what is new, which is nothing."""
    home = Home(Settings(home=place))
    home.__dict__["embedder"] = Instant()
    with home.alone(), closing(Jail()) as jail:
        for what in ("first run", "second run"):
            before = time.process_time()
            client = SlackClient("xoxb-fake", url, Pace(unlimited=True))
            source = SlackWorkspace(client, home.engine, Wanted("T1"), jail.read)
            report = home.ingest_source(source, NoProgress())
            beyond = report.seconds - report.embedding_seconds
            worked = time.process_time() - before
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
            _log.info("%s: %s", what, {name: count for name, count in report.counts().items() if count})
            told = (
                "%s: %.1f s beyond embedding (%.1f s of embedding), of which this process worked %.1f s; peak %.0f MiB"
            )
            _log.info(told, what, beyond, report.embedding_seconds, worked, peak)
    home.engine.dispose()


def main() -> None:
    """Serve in another process, measure in this one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.messages))
        return
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    _log.setLevel(logging.INFO)
    command = [sys.executable, "-m", "tests.bench.slack_sync", "--serve", "--messages", str(options.messages)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            measure(server.stdout.readline().strip(), Path(folder, "home"))
    finally:
        server.terminate()
        server.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # the fake, its start included, and what reads documents apart
    _log.info("the fake Slack worked %.1f s meanwhile", used.ru_utime + used.ru_stime)


if __name__ == "__main__":
    main()
