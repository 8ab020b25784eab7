"""The page that shows what people see in Slack."""

import pytest

from tests.fake_slack import FakeSlack
from tests.fake_slack.picture import channel_panel, page, view_panel

pytestmark = pytest.mark.anyio

BLOCKS = [
    {"type": "markdown", "text": "You get **27 days**.\n\n| a | b |\n| - | - |\n| 1 | 2 |"},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Sources*\n`[1]` <https://x.example/a|Leave &lt;b&gt;>"}},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "Check it, <@U2>."}]},
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}],
    },
]


def drawn(slack: FakeSlack, channel: str, seen_by: str = "U1") -> str:
    return channel_panel(slack.workspace, slack.workspace.channels[channel], seen_by)


async def test_blocks_are_drawn_as_people_see_them(slack: FakeSlack) -> None:
    root = slack.as_user("U1").post("C1", "How <b>many</b> days?")
    slack.workspace.channels["C1"].messages[root]["blocks"] = BLOCKS
    shown = drawn(slack, "C1")
    for part in (
        "<strong>27 days</strong>",
        "<td>1</td>",
        "<b>Sources</b>",
        '<a href="https://x.example/a">Leave &lt;b&gt;</a>',
        '<span class="mention">@ben</span>',
        '<span class="button">Go</span>',
    ):
        assert part in shown, part


async def test_replies_stand_below_their_root(slack: FakeSlack) -> None:
    first = slack.as_user("U1").post("C1", "one")
    slack.as_user("U1").post("C1", "two")
    slack.as_user("U2").post("C1", "reply", first)
    shown = drawn(slack, "C1")
    assert shown.index("one") < shown.index('class="reply"') < shown.index("reply</p>") < shown.index("two")


async def test_only_that_person_sees_what_is_whispered(slack: FakeSlack) -> None:
    slack.workspace.ephemerals.append(
        {"ts": "1.1", "channel": "C1", "shown_to": "U1", "is_ephemeral": True, "text": "psst", "user": "UBOT"}
    )
    assert "Only visible to you" in drawn(slack, "C1")
    assert "psst" not in drawn(slack, "C1", "U2")


async def test_a_page_holds_panels_and_views(slack: FakeSlack) -> None:
    view = {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Ask & read"}}]}
    whole = page([drawn(slack, "C1"), view_panel(slack.workspace, view, "Home")])
    assert whole.count('<section class="panel">') == 2
    assert "<h2>Ask &amp; read</h2>" in whole
