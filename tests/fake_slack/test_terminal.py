import io

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack.terminal import Terminal
from tests.fake_slack.test_bolt import FEEDBACK

pytestmark = pytest.mark.anyio


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def terminal(slack: FakeSlack, out: io.StringIO) -> Terminal:
    return Terminal(slack, "U1", "C1", out)


async def test_a_line_is_what_a_person_does(slack: FakeSlack, terminal: Terminal, out: io.StringIO) -> None:
    for line in ("@bot How many?", "as ben", "dm hello", "/ask why", "thread more", "quit", ""):
        terminal.obey(line)
    assert terminal.done
    assert [m["text"] for m in slack.workspace.channels["C1"].messages.values()] == ["<@UBOT> How many?"]
    direct = slack.as_user("U2").direct.messages.values()
    assert [(m["text"], "thread_ts" in m) for m in direct] == [("hello", True), ("more", True)]
    (command,) = [parcel.payload for parcel in slack.deliveries.parcels if parcel.kind == "slash_commands"]
    assert (command["user_name"], command["text"], command["channel_id"]) == ("ben", "why", "C1")
    assert "[#general posted]\nAnn 22:13:20\n  @frontdesk How many?\n" in out.getvalue()


async def test_an_answer_is_printed_while_it_is_written_and_when_it_is_done(
    slack: FakeSlack, terminal: Terminal, out: io.StringIO, client: AsyncWebClient
) -> None:
    terminal.obey("dm hello")
    person = slack.as_user("U1")
    (root,) = person.direct.messages
    stream = await client.chat_startStream(channel=person.direct.id, thread_ts=root, markdown_text="Hel")
    await client.chat_appendStream(channel=person.direct.id, ts=stream["ts"], markdown_text="lo")
    await client.chat_stopStream(channel=person.direct.id, ts=stream["ts"], blocks=[FEEDBACK])
    shown = out.getvalue()
    assert "[#direct streamed]\n... lo\n" in shown
    assert shown.endswith("[#direct finished]\nfrontdesk (app) 22:13:20\n  Hello\n  [Good] [Bad]\n")
    await client.views_publish(user_id="U1", view={"type": "home", "blocks": [{"type": "divider"}]})
    assert out.getvalue().endswith("[@ann home]\n---\n")
    terminal.obey("click feedback bad")
    assert slack.deliveries.parcels[-1].payload["actions"][0]["value"] == "bad:1"


async def test_what_cannot_be_done_is_said(terminal: Terminal, out: io.StringIO) -> None:
    for line in ("thread more", "click nothing", "as nobody", "edit it"):
        terminal.obey(line)
    assert out.getvalue().count("Slack refuses: ") == 4
