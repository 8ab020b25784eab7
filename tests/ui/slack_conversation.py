"""A conversation with the bot in the sample company's Slack, as its people see it.

    python -m tests.ui.slack_conversation [--write]

Runs the real server on the sample company's documents and the real bot against the fake Slack, lets people ask, and
prints what they then see. `--write` puts it into docs/slack-conversation.txt, which the README shows.
"""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from app import people
from app.bootstrap import DATA, Home
from app.quiet import switch_off_telemetry
from app.settings import Settings
from ingest.report import NoProgress
from tests.fake_slack.sample import sample_workspace
from tests.fake_slack.transcript import channel_text
from tests.ui.slack_world import World, world

WRITTEN = Path(__file__).parents[2] / "docs" / "slack-conversation.txt"
_SAM, _HANA = "U0QSAMWH6", "U0QHANA01"
_TRAVEL, _PEOPLE = "C0QTRAVL8", "G0QPEOPLE"


async def conversation(home: Home) -> str:
    """What the people see who ask: in a channel, in its thread, directly, and with a command."""
    workspace = sample_workspace()
    for channel in workspace.channels.values():
        channel.messages.clear()
    async with world(home, workspace) as here, here.bot():
        asked = here.slack.as_user(_SAM).ask(_TRAVEL, "What is the hotel cap in Lisbon?")
        await here.answered(_TRAVEL, asked)
        here.slack.as_user(_HANA).post(_TRAVEL, "and in Hamburg?", asked)
        await here.answered(_TRAVEL, asked, 2)
        refused = here.slack.as_user(_SAM).ask(_TRAVEL, "Where can I park a helicopter?")
        await here.answered(_TRAVEL, refused)
        direct = here.slack.as_user(_HANA).dm("What does a G5 in Leeds earn?")
        await here.answered(f"D{_HANA}", direct)
        await here.settled()
        return "\n\n".join(_shown(here, channel) for channel in (_TRAVEL, f"D{_HANA}"))


def _shown(here: World, channel: str) -> str:
    place = here.slack.workspace.channels[channel]
    title = f"#{place.name}" if place.name else "Direct message"
    text = re.sub(r"conversation=[\w-]+", "conversation=...", channel_text(here.slack.workspace, place))
    return f"{title}\n\n{text}"


def main() -> None:
    """Print it, or write it down."""
    switch_off_telemetry()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Settings(home=Path(folder) / "home", demo=True))
        home.ingest(DATA / "company", "everyone", NoProgress())
        people.replace_all(home.engine, people.read_csv(DATA / "company" / "people.csv"))
        text = asyncio.run(conversation(home)) + "\n"
        home.engine.dispose()
    if "--write" in sys.argv:
        WRITTEN.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
