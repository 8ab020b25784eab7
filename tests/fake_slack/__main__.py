"""`python -m tests.fake_slack`: the sample company's Slack, live in a terminal, for a bot that runs elsewhere."""

import argparse
import asyncio
import contextlib
import sys
import threading

from tests.fake_slack.clock import LiveClock
from tests.fake_slack.sample import sample_workspace
from tests.fake_slack.slack import FakeSlack
from tests.fake_slack.terminal import HELP, Terminal


async def main(port: int, url: str, secret: str) -> None:
    """Serve until the person quits."""
    workspace = sample_workspace(LiveClock())
    slack = FakeSlack(workspace)
    await slack.start(port)
    if url:
        slack.deliver_http(url, secret)
    ada = next(user.id for user in workspace.users.values() if user.name == "ada.finch")
    general = next(channel.id for channel in workspace.channels.values() if channel.name == "general")
    terminal = Terminal(slack, ada, general, sys.stdout)
    tokens = (
        f"FRONTDESK_SLACK_BOT_TOKEN={workspace.tokens.bot.value} FRONTDESK_SLACK_APP_TOKEN={workspace.tokens.app.value}"
    )
    sys.stdout.write(f"FRONTDESK_SLACK_API={slack.base_url} {tokens}\n{HELP}")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    threading.Thread(target=_read, args=(loop, terminal), daemon=True).start()
    try:
        while not terminal.done:
            await asyncio.sleep(0.1)
    finally:
        await slack.stop()


def _read(loop: asyncio.AbstractEventLoop, terminal: Terminal) -> None:
    for line in sys.stdin:
        loop.call_soon_threadsafe(terminal.obey, line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8613)
    parser.add_argument("--url", default="", help="send events to this address, signed, instead of over Socket Mode")
    parser.add_argument("--secret", default="signing-secret", help="the signing secret for --url")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(given.port, given.url, given.secret))
