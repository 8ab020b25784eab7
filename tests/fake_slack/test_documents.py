import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


async def test_a_canvas_gives_its_text(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.workspace.canvases["F7"] = "# Rules"
    assert (await client.api_call("canvases.getContent", json={"canvas_id": "F7"}))["content"] == "# Rules"
    with pytest.raises(SlackApiError, match="canvas_not_found"):
        await client.api_call("canvases.getContent", json={"canvas_id": "F8"})


async def test_a_list_gives_its_items_in_pages(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.workspace.lists["F9"] = [{"id": f"R{number}"} for number in range(3)]
    page = await client.slackLists_items_list(list_id="F9", limit=2)
    assert [item["id"] for item in page["items"]] == ["R0", "R1"]
    page = await client.slackLists_items_list(list_id="F9", limit=2, cursor=page["response_metadata"]["next_cursor"])
    assert [item["id"] for item in page["items"]] == ["R2"]


async def test_slacks_own_search_wants_to_be_switched_on_and_a_token_from_an_event(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.as_user("U1").post("C1", "The canteen opens at noon")
    slack.as_user("U1").post("C2", "The canteen is secret")
    asked = {
        "query": "canteen",
        "action_token": slack.workspace.outbox.sent[0]["event"]["assistant_thread"]["action_token"],
    }
    with pytest.raises(SlackApiError, match="feature_not_enabled"):
        await client.api_call("assistant.search.context", json=asked)
    slack.workspace.ai_search = True
    with pytest.raises(SlackApiError, match="invalid_action_token"):
        await client.api_call("assistant.search.context", json=asked | {"action_token": "nonsense"})
    found = await client.api_call("assistant.search.context", json=asked)
    assert [one["content"] for one in found["results"]["messages"]] == ["The canteen opens at noon"]
