"""The manifest that an admin pastes has every scope and event that the code uses, and no more."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from app.slack_check import EVENTS, SCOPES
from ingest.slack_changes import Changes, changes_in
from tests.fake_slack.method import METHODS
from tests.ui.slack_world import LEAVE, World
from ui import slack_buttons, slack_events

ROOT = Path(__file__).parent.parent.parent
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yaml").read_text(encoding="utf-8"))
GRANTED = set(MANIFEST["oauth_config"]["scopes"]["bot"])
SUBSCRIBED = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


OPTIONAL = set(MANIFEST["oauth_config"]["scopes"]["bot_optional"])


def called(folder: str = "ui") -> set[str]:
    """The methods that the code of a folder names."""
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / folder).glob("slack_*.py"))
    return set(re.findall(r'"([a-z]+(?:\.[a-z]+)?\.[a-zA-Z]+)"', code)) & set(METHODS)


def test_the_methods_that_the_bot_calls_are_found() -> None:
    assert {"chat.startStream", "conversations.replies", "views.publish", "assistant.threads.setStatus"} <= called()


def test_each_method_that_the_bot_calls_has_its_scope() -> None:
    assert {METHODS[name].scope for name in called()} - {""} <= GRANTED


def test_each_method_that_the_copy_of_a_workspace_calls_has_its_scope() -> None:
    methods = called("ingest")
    assert {"conversations.history", "users.list", "canvases.getContent"} <= methods
    assert {METHODS[name].scope for name in methods} - {""} <= GRANTED | OPTIONAL


def test_what_the_app_need_not_have_is_not_asked_of_it() -> None:
    assert not OPTIONAL & set(SCOPES)


def means(event: dict[str, Any]) -> bool:
    """Whether an event changes anything: what is answered, or what is copied."""
    we = slack_events.Ourselves("T1", "UBOT", "BBOT")
    sent = {"team_id": "T1", "event": event}
    return slack_events.meaning(sent, we) != slack_events.Other() or changes_in([sent], "UBOT") != Changes()


@pytest.mark.parametrize("event", sorted(SUBSCRIBED))
def test_each_event_that_is_subscribed_means_something(event: str) -> None:
    kind = event.partition(".")[0]
    sent: dict[str, Any] = {"type": kind, "user": "U1", "ts": "1.1", "text": "<@UBOT> How many days?", "tab": "home"}
    sent |= {"thread_ts": "1.0", "file_id": "F1", "tokens": {"bot": ["UBOT"]}}
    if kind.partition("_")[0] not in ("file", "tokens", "user", "team", "app", "subteam") or kind == "app_mention":
        sent["channel"] = "C1"
    if kind in ("user_change", "team_join"):
        sent["user"] = {"id": "U1"}
    assert means(sent), event


def test_the_check_wants_what_the_manifest_grants() -> None:
    assert set(SCOPES) == GRANTED


def test_each_event_that_means_something_is_subscribed() -> None:
    told = slack_events.CHANNEL_CHANGED | slack_events.PEOPLE_CHANGED
    told |= {"app_mention", "app_home_opened", "agent_session_stopped"}
    told |= {"message.channels", "message.groups", "message.im", "message.mpim"}
    assert told <= SUBSCRIBED
    assert {event for event in EVENTS if event != "message"} <= SUBSCRIBED


def test_the_command_and_the_shortcut_are_those_that_the_bot_knows() -> None:
    assert [one["command"] for one in MANIFEST["features"]["slash_commands"]] == [slack_buttons.COMMAND]
    assert [one["callback_id"] for one in MANIFEST["features"]["shortcuts"]] == [slack_buttons.SHORTCUT]


def test_the_texts_of_the_manifest_fit() -> None:
    assert len(MANIFEST["display_information"]["name"]) <= 35
    assert len(MANIFEST["display_information"]["description"]) <= 140
    assert len(MANIFEST["features"]["agent_view"]["agent_description"]) <= 300


def test_the_app_is_internal_and_its_tokens_stay_as_they_are() -> None:
    settings = MANIFEST["settings"]
    assert (settings["socket_mode_enabled"], settings["org_deploy_enabled"]) == (True, False)
    assert settings["token_rotation_enabled"] is False  # it cannot be switched off again


@pytest.mark.anyio
async def test_the_bot_works_with_nothing_but_the_manifest(here: World) -> None:
    here.slack.workspace.tokens.bot.scopes = set(GRANTED)
    here.slack.workspace.outbox.subscribed = set(SUBSCRIBED)
    async with here.bot():
        question, direct = here.slack.as_user("U1").ask("C1", LEAVE), here.slack.as_user("U2").dm(LEAVE)
        here.slack.as_user("U1").open_home()
        await here.answered("C1", question)
        await here.answered("DU2", direct)
        await here.until(lambda: "U1" in here.slack.workspace.homes)
    refused = [call.response for call in here.slack.calls() if call.response and not call.response.get("ok")]
    assert refused == []
