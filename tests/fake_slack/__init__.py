"""A Slack of our own for tests: the real slack_sdk and slack_bolt talk to it over HTTP and websockets.

@pytest.mark.anyio
async def test_a_question_is_answered() -> None:
    async with FakeSlack() as slack:
        slack.workspace.add_user("U1", "ann", "ann@example.test")
        slack.workspace.add_channel("C1", "general", ["U1", "UBOT"])
        ...  # start the bot with slack.base_url, "xoxb-fake", "xapp-fake"
        question = slack.as_user("U1").ask("C1", "How many days off?")
        await slack.until(lambda: len(slack.workspace.channels["C1"].thread(question)) == 2)
        await slack.advance(300)  # time stands still but for this

What goes wrong: `slack.fail("chat.update", faults.http429(2))`, `slack.deliveries.copies = 1`, `slack.sockets.abort()`,
`slack.admin.kick_bot("C1")`. Signed HTTP: `slack.deliver_http(url, secret)`. What people see: `transcript.thread_text`.
Code that is not async: `with background.in_thread(FakeSlack()) as running`. By hand: `python -m tests.fake_slack`.
"""

from tests.fake_slack.channel import Sort
from tests.fake_slack.clock import LiveClock, ManualClock
from tests.fake_slack.slack import FakeSlack
from tests.fake_slack.user import Rank
from tests.fake_slack.workspace import Workspace

__all__ = ["FakeSlack", "LiveClock", "ManualClock", "Rank", "Sort", "Workspace"]
