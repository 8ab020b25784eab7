"""A conversation with the bot in the sample company's Slack, as its people see it.

    python -m tests.ui.slack_conversation [--write] [--picture]

Runs the real server on the sample company's documents and the real bot against the fake Slack, lets people ask, and
prints what they then see. `--write` puts it into docs/slack-conversation.txt, which the README shows; `--picture` draws
the same from the blocks that the bot sent, as docs/images/slack.png (with Debian's Chromium).
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
from tests.browser.chromium import chromium
from tests.fake_slack.picture import channel_panel, page, view_panel
from tests.fake_slack.sample import sample_workspace
from tests.fake_slack.transcript import channel_text
from tests.ui.slack_world import World, world
from ui.slack_answer import Links

WRITTEN = Path(__file__).parents[2] / "docs" / "slack-conversation.txt"
DRAWN = Path(__file__).parents[2] / "docs" / "images" / "slack.png"
LINKS = Links("https://frontdesk.quillmere.example", "C9")
_SAM, _HANA = "U0QSAMWH6", "U0QHANA01"
_TRAVEL, _PEOPLE = "C0QTRAVL8", "G0QPEOPLE"


async def conversation(home: Home) -> tuple[str, str]:
    """What the people see who ask, in a channel, in its thread, directly and with a command; as text and as a page."""
    workspace = sample_workspace()
    for channel in workspace.channels.values():
        channel.messages.clear()
    async with world(home, workspace) as here, here.bot(links=LINKS):
        asked = here.slack.as_user(_SAM).ask(_TRAVEL, "What is the hotel cap in Lisbon?")
        await here.answered(_TRAVEL, asked)
        here.slack.as_user(_HANA).post(_TRAVEL, "and in Hamburg?", asked)
        await here.answered(_TRAVEL, asked, 2)
        refused = here.slack.as_user(_SAM).ask(_TRAVEL, "Where can I park a helicopter?")
        await here.answered(_TRAVEL, refused)
        direct = here.slack.as_user(_HANA).dm("What does a G5 in Leeds earn?")
        await here.answered(f"D{_HANA}", direct)
        here.slack.as_user(_HANA).slash(_TRAVEL, "/ask", "What does a G5 in Leeds earn?")
        await here.until(lambda: here.slack.workspace.ephemerals)
        here.slack.as_user(_HANA).open_home()
        await here.until(lambda: _HANA in here.slack.workspace.homes)
        await here.settled()
        text = "\n\n".join(_shown(here, channel) for channel in (_TRAVEL, f"D{_HANA}"))
        return text, _drawn(here)


def _drawn(here: World) -> str:
    """The channel and App Home as one person sees them."""
    workspace = here.slack.workspace
    home = workspace.views[workspace.homes[_HANA]]
    return page(
        [
            channel_panel(workspace, workspace.channels[_TRAVEL], _HANA),
            view_panel(workspace, home, "Frontdesk · Home"),
        ]
    )


def draw(drawn: str) -> None:
    """Take a picture of the page."""
    with chromium() as browser:
        sheet = browser.new_page(viewport={"width": 1410, "height": 600})
        sheet.set_content(drawn)
        DRAWN.write_bytes(sheet.screenshot(full_page=True))


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
        text, drawn = asyncio.run(conversation(home))
        home.engine.dispose()
    text += "\n"
    if "--picture" in sys.argv:
        draw(drawn)
    if "--write" in sys.argv:
        WRITTEN.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
