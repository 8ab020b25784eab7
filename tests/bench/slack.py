"""How soon the bot acknowledges what Slack sends, in a burst with repetitions: target P14.

    python -m tests.bench.slack [--seconds 20] [--rate 50]

Slack, the served sample company and the bot run here in one process, on the time of this machine. So many events a
second come, one in ten of them a question, one in twenty a second time under another id; then everything is awaited.
Prints percentiles of the time from sending to acknowledgement, and how many questions got how many answers.
"""

import argparse
import asyncio
import logging
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from app import people
from app.bootstrap import DATA, Home
from app.quiet import share_processors, switch_off_telemetry
from app.settings import Settings
from ingest.report import NoProgress
from tests.fake_slack import LiveClock, Workspace
from tests.ui.slack_world import World, company, world

_log = logging.getLogger(__name__)
_QUESTION_EACH, _AGAIN_EACH = 10, 20
_QUESTIONS = ("How many days of annual leave do I get?", "What is the hotel cap in Lisbon?", "Can I work from home?")
_PATIENCE = 600.0  # seconds until every question is answered


async def burst(here: World, seconds: float, rate: float) -> list[str]:
    """Let people write that fast; gives the questions' times."""
    asked = []
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(round(seconds * rate)):
        here.slack.deliveries.copies = 1 if number % _AGAIN_EACH == 0 else 0
        here.slack.deliveries.copies_look_new = True
        person = here.slack.as_user(("U1", "U2")[number % 2])
        if number % _QUESTION_EACH == 0:
            asked.append(person.ask("C1", _QUESTIONS[number % len(_QUESTIONS)]))
        else:
            person.post("C1", f"The train of {number} o'clock is late.")
        await asyncio.sleep(max(0.0, begun + number / rate - loop.time()))
    return asked


async def measure(home: Home, seconds: float, rate: float) -> None:
    """One burst."""
    workspace: Workspace = company()
    workspace.clock = LiveClock()
    async with world(home, workspace) as here, here.bot():
        asked = await burst(here, seconds, rate)
        await here.slack.until(lambda: not here.slack.deliveries.under_way, _PATIENCE)
        await here.slack.until(lambda: all(here.answers("C1", ts) for ts in asked), _PATIENCE)
        parcels = here.slack.deliveries.parcels
        times = 1000 * np.array([parcel.latency for parcel in parcels if parcel.latency is not None])
        p50, p99 = np.percentile(times, [50, 99])
        _log.info("%d events and copies at %.0f a second", len(parcels), rate)
        _log.info("acknowledged after p50 %.1f ms, p99 %.1f ms, at most %.1f ms", p50, p99, times.max())
        _log.info("sent again by Slack: %d", sum(len(parcel.sent_at) > 1 for parcel in parcels))
        _log.info("answers per question: %s", dict(Counter(len(here.answers("C1", ts)) for ts in asked)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=50.0)
    options = parser.parse_args()
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    _log.setLevel(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Settings(home=Path(folder) / "home"))
        home.ingest(DATA / "company", "everyone", NoProgress())
        people.replace_all(home.engine, people.read_csv(DATA / "company" / "people.csv"))
        asyncio.run(measure(home, options.seconds, options.rate))
        home.engine.dispose()


if __name__ == "__main__":
    main()
