"""What is missing is said exactly."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.bootstrap import Home
from app.doctor import Check
from app.settings import Settings
from app.slack_check import EVENTS, SCOPES, examine
from app.slack_inbox import NewEvent, store
from retrieval.errors import Unusable
from tests.fake_slack import FakeSlack, Sort
from tests.fake_slack.background import in_thread
from tests.ui.slack_world import company


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    fake = FakeSlack(company())
    with in_thread(fake):
        yield fake


@pytest.fixture
def look(slack: FakeSlack, tmp_path: Path) -> Callable[..., dict[str, Check]]:
    """The checks by name."""

    def run(**other: object) -> dict[str, Check]:
        told = {"slack_bot_token": SecretStr("xoxb-fake"), "slack_app_token": SecretStr("xapp-fake")}
        settings = Settings(home=tmp_path / "home", **(told | {"slack_api": slack.base_url} | other))  # type: ignore[arg-type]
        return {one.name: one for one in examine(settings)}

    return run


def test_everything_in_place_is_fine(look: Callable[..., dict[str, Check]]) -> None:
    found = look(slack_hr_channel="C9")
    assert [one.name for one in found.values() if not one.ok] == []
    assert found["bot token"].found == "frontdesk in Workspace"
    assert found["way in"].found == "Socket Mode"
    assert found["channels"].found == "4: #general, #managers, #people-team, #with-visitors"
    assert found["Ask HR"].found == "#people-team"


def test_missing_scopes_are_named_with_what_they_are_for(
    slack: FakeSlack, look: Callable[..., dict[str, Check]]
) -> None:
    slack.admin.remove_scope("commands", "im:history")
    found = look()["scopes"]
    assert not found.ok
    assert "commands (for /ask and the shortcut); im:history (to read direct messages to it)" in found.found
    assert "install the app again" in found.found


@pytest.mark.parametrize(
    ("token", "words"),
    [("xoxb-wrong", "invalid_auth: the token is wrong"), ("xapp-fake", "not_allowed_token_type: this is another kind")],
)
def test_a_wrong_bot_token_is_explained(look: Callable[..., dict[str, Check]], token: str, words: str) -> None:
    found = look(slack_bot_token=SecretStr(token))
    assert any(words in one.found for one in found.values() if not one.ok)
    assert token not in " ".join(one.found for one in found.values())


def test_a_bot_token_in_the_place_of_the_app_token_is_told(look: Callable[..., dict[str, Check]]) -> None:
    found = look(slack_app_token=SecretStr("xoxb-fake"))["way in"]
    assert (found.ok, found.found) == (
        False,
        "FRONTDESK_SLACK_APP_TOKEN begins with xoxb-: an app-level token begins with xapp-",
    )


def test_a_signing_secret_that_is_cut_off_is_told(look: Callable[..., dict[str, Check]]) -> None:
    found = look(slack_app_token=SecretStr(""), slack_signing_secret=SecretStr("abc"))["way in"]
    assert "has 3 characters, not 32" in found.found


def test_signed_requests_need_a_way_to_the_port(look: Callable[..., dict[str, Check]]) -> None:
    found = look(slack_app_token=SecretStr(""), slack_signing_secret=SecretStr("a" * 32))["way in"]
    assert found.ok
    assert "port 8612 at /slack/events over https" in found.found


def test_a_bot_in_no_channel_is_told_how_to_get_into_one(
    slack: FakeSlack, look: Callable[..., dict[str, Check]]
) -> None:
    for channel in ("C1", "C2", "C4", "C9"):
        slack.admin.kick_bot(channel)
    found = look()["channels"]
    assert (found.ok, found.found) == (False, "The bot is in no channel. Invite it in Slack: /invite @frontdesk")


def test_the_channel_of_hr_must_have_the_bot(slack: FakeSlack, look: Callable[..., dict[str, Check]]) -> None:
    slack.workspace.add_channel("C10", "hr", ["U1"])
    slack.workspace.add_channel("C11", "hr-secret", ["U1"], Sort.PRIVATE)
    assert "The bot is not in #hr" in look(slack_hr_channel="C10")["Ask HR"].found
    assert look(slack_hr_channel="C11")["Ask HR"].found == "Slack says channel_not_found"


def test_events_count_once_they_have_arrived(
    look: Callable[..., dict[str, Check]], make_home: Callable[..., Home]
) -> None:
    assert "not arrived yet: app_mention, message" in look()["events"].found
    engine = make_home().engine
    for number, event in enumerate(EVENTS):
        store(engine, NewEvent(f"Ev{number}", "T1", event, {}))
    assert look()["events"].found == "all have arrived"


def test_slack_that_is_away_is_told(look: Callable[..., dict[str, Check]]) -> None:
    found = look(slack_api="http://127.0.0.1:9/api/")
    assert found["bot token"].found.startswith("Slack cannot be reached")


def test_without_tokens_there_is_nothing_to_look_at(look: Callable[..., dict[str, Check]]) -> None:
    with pytest.raises(Unusable, match="FRONTDESK_SLACK_BOT_TOKEN is not set"):
        look(slack_bot_token=SecretStr(""))
    with pytest.raises(Unusable, match="FRONTDESK_SLACK_APP_TOKEN"):
        look(slack_app_token=SecretStr(""))


def test_each_scope_says_what_it_is_for() -> None:
    assert all(why.startswith(("to ", "for ")) for why in SCOPES.values())
