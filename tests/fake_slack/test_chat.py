import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


async def test_an_answer_to_a_deleted_question_lands_in_the_channel_itself(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    question = slack.as_user("U1").ask("C1", "Shall I be sorry?")
    slack.as_user("U1").delete("C1", question)
    posted = await client.chat_postMessage(channel="C1", text="Yes", thread_ts=question)
    assert "thread_ts" not in posted["message"]
    with pytest.raises(SlackApiError, match="invalid_thread_ts"):
        await client.chat_startStream(channel="C1", thread_ts=question, recipient_team_id="T1", recipient_user_id="U1")


async def test_a_reply_is_counted_at_its_root(slack: FakeSlack, client: AsyncWebClient) -> None:
    root = slack.as_user("U1").post("C1", "root")
    reply = await client.chat_postMessage(channel="C1", text="reply", thread_ts=root)
    message = slack.workspace.channels["C1"].messages[root]
    assert (message["reply_count"], message["reply_users"], message["latest_reply"]) == (1, ["UBOT"], reply["ts"])
    await client.chat_delete(channel="C1", ts=reply["ts"])
    assert "reply_count" not in message


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        (
            {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]},
            "invalid_blocks",
        ),
        ({"text": "x", "blocks": [{"type": "markdown", "text": "x" * 6001}] * 2}, "msg_blocks_too_long"),
    ],
)
async def test_slacks_limits_are_kept(sent: dict[str, object], error: str, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call("chat.postMessage", json={"channel": "C1", **sent})
    assert caught.value.response["error"] == error


async def test_an_update_without_blocks_takes_them_away(slack: FakeSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C1", text="one", blocks=[{"type": "divider"}])
    await client.chat_update(channel="C1", ts=posted["ts"], text="two")
    message = slack.workspace.channels["C1"].messages[posted["ts"]]
    assert (message["text"], "blocks" in message, message["edited"]["user"]) == ("two", False, "BBOT")
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_update(channel="C1", ts=posted["ts"], text="x" * 4001)


async def test_the_bot_changes_and_deletes_only_what_it_wrote(slack: FakeSlack, client: AsyncWebClient) -> None:
    theirs = slack.as_user("U1").post("C1", "mine")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        await client.chat_update(channel="C1", ts=theirs, text="ours")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await client.chat_delete(channel="C1", ts=theirs)
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel="C1", ts="1.000000", text="ours")


async def test_an_ephemeral_message_is_seen_by_one_and_in_no_history(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel="C1", user="U1", text="psst")
    assert [(one["shown_to"], one["text"]) for one in slack.workspace.ephemerals] == [("U1", "psst")]
    assert slack.workspace.channels["C1"].messages == {}
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await client.chat_postEphemeral(channel="C1", user="U3", text="psst")


async def test_a_post_to_a_user_lands_in_their_direct_channel(slack: FakeSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="U2", text="hello")
    assert posted["channel"] == slack.as_user("U2").direct.id


async def test_nothing_can_be_written_where_the_channel_is_shut_or_the_bot_is_out(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel="C3", text="hello")
    slack.admin.archive("C1")
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel="C1", text="hello")


async def test_a_link_to_a_reply_names_its_thread(slack: FakeSlack, client: AsyncWebClient) -> None:
    root = slack.as_user("U1").post("C1", "root")
    reply = slack.as_user("U1").post("C1", "reply", root)
    assert (root, reply) == ("1700000000.000000", "1700000000.000100")
    link = (await client.chat_getPermalink(channel="C1", message_ts=reply))["permalink"]
    assert link == "https://ws.slack.com/archives/C1/p1700000000000100?thread_ts=1700000000.000000&cid=C1"


async def test_reactions_are_put_once_and_taken_away_once(slack: FakeSlack, client: AsyncWebClient) -> None:
    ts = slack.as_user("U1").post("C1", "hello")
    await client.reactions_add(channel="C1", timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel="C1", timestamp=ts, name="eyes")
    await client.reactions_remove(channel="C1", timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="no_reaction"):
        await client.reactions_remove(channel="C1", timestamp=ts, name="eyes")
