"""Methods about canvases, lists, and Slack's own search."""

from tests.fake_slack.channel import Sort
from tests.fake_slack.method import Call, method
from tests.fake_slack.pages import page
from tests.fake_slack.wire import JSON, SlackError, bad_arguments


@method("canvases.getContent", "canvases:read")
def canvas(call: Call) -> JSON:
    content = call.workspace.canvases.get(call.needed("canvas_id"))
    if content is None:
        raise SlackError("canvas_not_found")
    if call.text("content_type", "markdown") == "html":
        content = "".join(f"<p>{line}</p>" for line in content.splitlines() if line)
    return {"content": content}


@method("slackLists.items.list", "lists:read", tier=2)
def list_items(call: Call) -> JSON:
    items = call.workspace.lists.get(call.needed("list_id"))
    if items is None:
        raise SlackError("list_not_found")
    shown, following = page(call, items)
    return {"items": shown} | following


@method("assistant.search.info")
def search_info(call: Call) -> JSON:
    return {"is_ai_search_enabled": call.workspace.ai_search}


@method("assistant.search.context", "search:read.public")
def search(call: Call) -> JSON:
    """Messages of public channels that hold one of the words."""
    workspace = call.workspace
    if not workspace.ai_search:
        raise SlackError("feature_not_enabled")
    if not call.text("action_token").startswith("action-"):
        raise SlackError("invalid_action_token")
    if not 1 <= call.number("limit", 20) <= 20:
        raise bad_arguments("must be 1 to 20 [json-pointer:/limit]")
    words = call.needed("query").lower().split()
    found: list[JSON] = []
    for channel in workspace.channels.values():
        for ts, message in channel.messages.items() if channel.sort is Sort.PUBLIC else []:
            if any(word in message.get("text", "").lower() for word in words):
                name = workspace.users[message["user"]].name
                place = {"channel_id": channel.id, "channel_name": channel.name, "team_id": workspace.team.id}
                author = {"author_name": name, "author_user_id": message["user"], "is_author_bot": "bot_id" in message}
                link = f"{workspace.team.url}archives/{channel.id}/p{ts.replace('.', '')}"
                found.append(place | author | {"message_ts": ts, "content": message["text"], "permalink": link})
    shown, following = page(call, found, default=20)
    return {"results": {"messages": shown, "files": []}} | following
