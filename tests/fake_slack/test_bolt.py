"""The real slack_bolt against the fake: Socket Mode, actions, commands, modals, home."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio
JSON = dict[str, Any]
FEEDBACK = {
    "type": "context_actions",
    "block_id": "fb",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good:1"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad:1"},
        }
    ],
}
FORM = {
    "type": "modal",
    "callback_id": "why",
    "title": {"type": "plain_text", "text": "What was wrong?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture
async def app(slack: FakeSlack, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """A Bolt app that is connected; tests add listeners."""
    made = AsyncApp(client=client)
    handler = AsyncSocketModeHandler(made, "xapp-fake")
    await handler.connect_async()
    yield made
    await handler.close_async()


async def test_a_mention_is_answered_by_a_stream(slack: FakeSlack, app: AsyncApp) -> None:
    async def answer(event: JSON, client: AsyncWebClient) -> None:
        asked = {"recipient_team_id": "T1", "recipient_user_id": event["user"]}
        stream = await client.chat_startStream(channel="C1", thread_ts=event["ts"], **asked)
        await client.chat_appendStream(channel="C1", ts=stream["ts"], markdown_text="Twenty ")
        await client.chat_stopStream(channel="C1", ts=stream["ts"], markdown_text="days.")

    app.event("app_mention")(answer)
    ts = slack.as_user("U1").ask("C1", "How many days off?")
    thread = slack.workspace.channels["C1"].thread
    await slack.until(lambda: thread(ts)[-1].get("streaming_state") == "completed")
    assert [message["text"] for message in thread(ts)] == ["<@UBOT> How many days off?", "Twenty days."]


async def test_a_command_is_answered_to_the_asker_alone(slack: FakeSlack, app: AsyncApp) -> None:
    async def answer(ack: AsyncAck, respond: AsyncRespond, command: JSON) -> None:
        await ack("Looking ...")
        await respond(f"You asked: {command['text']}")

    app.command("/ask")(answer)
    slack.as_user("U2").slash("C1", "/ask", "How many days off?")
    await slack.until(lambda: len(slack.workspace.ephemerals) == 2)
    texts = {(one["shown_to"], one["text"]) for one in slack.workspace.ephemerals}
    assert texts == {("U2", "Looking ..."), ("U2", "You asked: How many days off?")}


async def test_a_click_opens_a_form_and_the_form_comes_back(slack: FakeSlack, app: AsyncApp) -> None:
    said: list[str] = []

    async def clicked(ack: AsyncAck, body: JSON, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"], view=FORM | {"private_metadata": body["actions"][0]["value"]}
        )

    async def submitted(ack: AsyncAck, view: JSON) -> None:
        said.append(view["private_metadata"] + ": " + str(view["state"]["values"]["reason"]["text"]["value"]))
        await ack(response_action="errors", errors={"reason": "Too short"})

    app.action("feedback")(clicked)
    app.view("why")(submitted)
    posted = await app.client.chat_postMessage(channel="C1", text="Twenty days.", blocks=[FEEDBACK])
    slack.as_user("U1").click("C1", posted["ts"], "feedback", "bad")
    await slack.until(lambda: slack.workspace.views)
    form = slack.as_user("U1").submit(next(iter(slack.workspace.views)), text="Outdated")
    await slack.delivered()
    assert said == ["bad:1: Outdated"]
    assert form.response == {"response_action": "errors", "errors": {"reason": "Too short"}}


async def test_a_trigger_opens_one_view_within_three_seconds(slack: FakeSlack, app: AsyncApp) -> None:
    posted = await app.client.chat_postMessage(channel="C1", text="Twenty days.", blocks=[FEEDBACK])
    first, second = [slack.as_user("U1").click("C1", posted["ts"], "feedback").payload["trigger_id"] for _ in "ab"]
    await app.client.views_open(trigger_id=first, view=FORM)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await app.client.views_open(trigger_id=first, view=FORM)
    await slack.advance(3)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await app.client.views_open(trigger_id=second, view=FORM)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await app.client.views_open(trigger_id="nonsense", view=FORM)


async def test_a_shortcut_brings_its_message(slack: FakeSlack, app: AsyncApp) -> None:
    async def answer(ack: AsyncAck, shortcut: JSON, respond: AsyncRespond) -> None:
        await ack()
        await respond("About: " + shortcut["message"]["text"])

    app.shortcut("ask_about")(answer)
    ts = slack.as_user("U2").post("C1", "Is Monday free?")
    slack.as_user("U1").shortcut("C1", ts, "ask_about")
    await slack.until(lambda: slack.workspace.ephemerals)
    assert (slack.workspace.ephemerals[0]["shown_to"], slack.workspace.ephemerals[0]["text"]) == (
        "U1",
        "About: Is Monday free?",
    )


async def test_an_ephemeral_answer_can_be_replaced_and_deleted_by_its_button(slack: FakeSlack, app: AsyncApp) -> None:
    async def clicked(ack: AsyncAck, respond: AsyncRespond, action: JSON) -> None:
        await ack()
        good = action["value"].startswith("good")
        await respond(text="Thank you", replace_original=True) if good else await respond(delete_original=True)

    app.action("feedback")(clicked)
    await app.client.chat_postEphemeral(channel="C1", user="U1", text="psst", blocks=[FEEDBACK])
    (whispered,) = slack.workspace.ephemerals
    click = slack.as_user("U1").click("C1", whispered["ts"], "feedback", "good").payload
    assert (click["container"]["is_ephemeral"], "message" in click) == (True, False)
    await slack.until(lambda: whispered["text"] == "Thank you")
    assert "blocks" not in whispered
    whispered["blocks"] = [FEEDBACK]
    slack.as_user("U1").click("C1", whispered["ts"], "feedback", "bad")
    await slack.until(lambda: slack.workspace.ephemerals == [])


async def test_a_button_of_the_home_tab_names_its_view(slack: FakeSlack, app: AsyncApp) -> None:
    button = {
        "type": "button",
        "action_id": "forget",
        "text": {"type": "plain_text", "text": "Forget me"},
        "value": "x",
    }
    seen: list[str] = []

    async def opened(event: JSON, client: AsyncWebClient) -> None:
        blocks = [{"type": "actions", "elements": [button]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def clicked(ack: AsyncAck, body: JSON) -> None:
        await ack()
        seen.append(body["container"]["view_id"])

    app.event("app_home_opened")(opened)
    app.action("forget")(clicked)
    slack.as_user("U1").open_home()
    await slack.until(lambda: slack.workspace.homes)
    home = slack.workspace.homes["U1"]
    slack.as_user("U1").click_view(home, "forget")
    await slack.until(lambda: seen)
    assert seen == [home]
