from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack.test_bolt import FEEDBACK, FORM
from tests.fake_slack.transcript import channel_text, readable, thread_text, view_text

pytestmark = pytest.mark.anyio


async def test_a_thread_reads_as_people_see_it(slack: FakeSlack, client: AsyncWebClient) -> None:
    question = slack.as_user("U1").ask("C1", "Is 1 &lt; 2? Ask <@U2> in <#C2>")
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Yes*, see <https://example.test/a|the rules>"}}
    link = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}, "value": "1"}
    blocks: list[dict[str, Any]] = [section, {"type": "divider"}, {"type": "actions", "elements": [link]}, FEEDBACK]
    answer = await client.chat_postMessage(channel="C1", thread_ts=question, text="Yes", blocks=blocks)
    slack.as_user("U2").react("C1", answer["ts"], "tada")
    await client.chat_postEphemeral(channel="C1", user="U1", thread_ts=question, text="Only for you")
    expected = """\
Ann 22:13:20
  @frontdesk Is 1 < 2? Ask @ben in #private
frontdesk (app) 22:13:20
  *Yes*, see the rules (https://example.test/a)
  ---
  [More]
  [Good] [Bad]
  :tada: 1
frontdesk (app) 22:13:20 [only Ann sees this]
  Only for you"""
    assert thread_text(slack.workspace, slack.workspace.channels["C1"], question) == expected
    for_ben = thread_text(slack.workspace, slack.workspace.channels["C1"], question, seen_by="U2")
    assert for_ben == expected.rsplit("\n", 2)[0]


async def test_a_channel_shows_replies_below_their_roots(slack: FakeSlack, client: AsyncWebClient) -> None:
    person = slack.as_user("U1")
    root = person.post("C1", "root")
    person.post("C1", "later")
    stream = await client.chat_startStream(
        channel="C1", thread_ts=root, recipient_team_id="T1", recipient_user_id="U1", markdown_text="Writ"
    )
    shown = channel_text(slack.workspace, slack.workspace.channels["C1"])
    assert shown.splitlines() == [
        "Ann 22:13:20",
        "  root",
        "    frontdesk (app) 22:13:20 [still writing]",
        "      Writ",
        "Ann 22:13:20",
        "  later",
    ]
    await slack.advance(300)
    assert "[broken off]" in channel_text(slack.workspace, slack.workspace.channels["C1"])
    assert stream["ok"]


async def test_a_form_shows_its_fields_and_buttons(slack: FakeSlack) -> None:
    assert view_text(slack.workspace, FORM) == "# What was wrong?\nReason: [plain_text_input]\n[Send]"


async def test_pings_are_seen_as_pings(slack: FakeSlack) -> None:
    shown = readable(slack.workspace, "<!channel> <!subteam^S1> <@U9|nobody> &lt;!here&gt;")
    assert shown == "@channel @people-team @nobody <!here>"
