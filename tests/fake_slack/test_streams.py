from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack.agents import session

pytestmark = pytest.mark.anyio
TO_ANN: dict[str, Any] = {"recipient_team_id": "T1", "recipient_user_id": "U1"}


async def begun(slack: FakeSlack, client: AsyncWebClient, **fields: Any) -> dict[str, Any]:
    """A stream that answers a question; gives the arguments that name it."""
    question = slack.as_user("U1").ask("C1", "How many days off?")
    answer = await client.chat_startStream(channel="C1", thread_ts=question, **TO_ANN, **fields)
    return {"channel": "C1", "ts": answer["ts"]}


async def test_the_sdks_own_helper_writes_an_answer(slack: FakeSlack, client: AsyncWebClient) -> None:
    question = slack.as_user("U1").ask("C1", "How many days off?")
    stream = await client.chat_stream(channel="C1", thread_ts=question, buffer_size=5, **TO_ANN)
    await stream.append(markdown_text="Twenty-five ")
    await stream.append(markdown_text="days.")
    done = await stream.stop(blocks=[{"type": "divider"}])
    assert done["message"]["text"] == "Twenty-five days."
    assert done["message"]["blocks"][0]["type"] == "divider"
    assert done["message"]["streaming_state"] == "completed"


async def test_a_stream_dies_after_five_minutes_and_can_then_be_updated(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    named = await begun(slack, client, markdown_text="Twenty")
    with pytest.raises(SlackApiError, match="streaming_state_conflict"):
        await client.chat_update(**named, text="Twenty-five")
    await slack.advance(299)
    await client.chat_appendStream(**named, markdown_text="-five")
    await slack.advance(1)
    message = slack.workspace.channels["C1"].messages[named["ts"]]
    assert (message["text"], message["streaming_state"]) == ("Twenty-five", "errored")
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await client.chat_appendStream(**named, markdown_text=" days")
    await client.chat_update(**named, text="Twenty-five days")
    assert message["text"] == "Twenty-five days"


async def test_after_the_stop_button_nothing_more_can_be_appended(slack: FakeSlack, client: AsyncWebClient) -> None:
    named = await begun(slack, client, markdown_text="Twenty")
    slack.as_user("U1").stop("C1", named["ts"])
    assert slack.workspace.outbox.sent[-1]["event"]["streaming_message_ts"] == [named["ts"]]
    with pytest.raises(SlackApiError, match="stopped_by_user"):
        await client.chat_appendStream(**named, markdown_text="-five")
    assert (await client.chat_stopStream(**named))["message"]["text"] == "Twenty"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "markdown_text_or_chunks_required"),
        ({"chunks": [{"type": "markdown_text", "text": "x"}]}, "streaming_mode_mismatch"),
        ({"markdown_text": "x", "chunks": [{"type": "plan_update", "title": "x"}]}, "cannot_provide_both"),
        ({"chunks": [{"type": "markdown_text"}]}, "invalid_chunks"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
    ],
)
async def test_a_piece_that_does_not_fit_is_refused(
    sent: dict[str, Any], error: str, slack: FakeSlack, client: AsyncWebClient
) -> None:
    named = await begun(slack, client, markdown_text="Twenty")
    with pytest.raises(SlackApiError, match=error):
        await client.api_call("chat.appendStream", json=named | sent)
    assert slack.workspace.channels["C1"].messages[named["ts"]]["text"] == "Twenty"


async def test_a_stream_in_a_channel_must_say_for_whom_it_is(slack: FakeSlack, client: AsyncWebClient) -> None:
    question = slack.as_user("U1").ask("C1", "Who am I?")
    with pytest.raises(SlackApiError, match="missing_recipient_team_id"):
        await client.chat_startStream(channel="C1", thread_ts=question)
    direct = slack.as_user("U1").dm("Who am I?")
    await client.chat_startStream(channel=slack.as_user("U1").direct.id, thread_ts=direct)


async def test_tasks_are_told_by_chunks_and_gather_their_details(slack: FakeSlack, client: AsyncWebClient) -> None:
    task = {"type": "task_update", "id": "search", "title": "Searching", "status": "in_progress", "details": "two "}
    named = await begun(slack, client, chunks=[task])
    done = task | {"status": "complete", "details": "documents"}
    await client.chat_appendStream(**named, chunks=[done, {"type": "markdown_text", "text": "Found."}])
    message = slack.workspace.channels["C1"].messages[named["ts"]]
    assert [(one["status"], one["details"]) for one in message["tasks"]] == [("complete", "two documents")]
    assert message["text"] == "Found."


async def test_a_session_works_while_its_stream_runs_and_falls_back_after_an_hour(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    named = await begun(slack, client, markdown_text="Twenty")
    root = slack.workspace.channels["C1"].messages[named["ts"]]["thread_ts"]
    assert session(slack.workspace, "C1", root).state == "processing"
    await client.chat_stopStream(**named)
    assert session(slack.workspace, "C1", root).state == "active"
    asked = {"channel_id": "C1", "thread_ts": root}
    await client.api_call("agents.sessions.setStatus", json=asked | {"status": "processing", "title": "Days off"})
    await slack.advance(3600)
    renamed = await client.api_call("agents.sessions.rename", json=asked | {"title": "Holidays"})
    assert (renamed["status"], renamed["title"]) == ("active", "Holidays")


async def test_a_status_line_goes_after_two_minutes(slack: FakeSlack, client: AsyncWebClient) -> None:
    root = slack.as_user("U1").dm("hello")
    channel = slack.as_user("U1").direct.id
    await client.assistant_threads_setStatus(channel_id=channel, thread_ts=root, status="is thinking")
    await slack.advance(119)
    assert session(slack.workspace, channel, root).line == "is thinking"
    await slack.advance(1)
    assert session(slack.workspace, channel, root).line == ""


async def test_suggested_prompts_stand_in_a_direct_channel_only(slack: FakeSlack, client: AsyncWebClient) -> None:
    prompts = [{"title": "Days off", "message": "How many days off do I have?"}]
    channel = slack.as_user("U1").direct.id
    await client.api_call("assistant.threads.setSuggestedPrompts", json={"channel_id": channel, "prompts": prompts})
    assert slack.workspace.prompts[channel] == prompts
    with pytest.raises(SlackApiError, match="method_not_supported_for_channel_type"):
        await client.api_call("assistant.threads.setSuggestedPrompts", json={"channel_id": "C1", "prompts": prompts})
