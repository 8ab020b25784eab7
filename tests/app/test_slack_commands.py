"""`frontdesk slack`: what the bot is told, and what the check prints."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.processes import has_slack, slack_command, slack_environment
from app.settings import Settings
from retrieval.errors import Unusable
from tests.fake_slack import FakeSlack
from tests.fake_slack.background import in_thread
from tests.ui.slack_world import company

TOKENS = {"slack_bot_token": "xoxb-fake", "slack_app_token": "xapp-fake"}


def run(*words: str, slack: FakeSlack, home: Path, **tokens: str) -> tuple[int, str]:
    told = {f"FRONTDESK_{name.upper()}": value for name, value in tokens.items()}
    told |= {"FRONTDESK_HOME": str(home), "FRONTDESK_SLACK_API": slack.base_url}
    done = CliRunner().invoke(app, ["slack", *words], env=told)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_the_check_prints_one_json_object(tmp_path: Path) -> None:
    fake = FakeSlack(company())
    with in_thread(fake):
        code, out = run("check", "--json", slack=fake, home=tmp_path / "home", **TOKENS)
        assert (code, json.loads(out)["ok"]) == (0, True)
        fake.admin.remove_scope("commands")
        code, out = run("check", "--json", slack=fake, home=tmp_path / "home", **TOKENS)
        assert (code, json.loads(out)["ok"]) == (1, False)


def test_the_check_prints_a_table_for_people(tmp_path: Path) -> None:
    fake = FakeSlack(company())
    with in_thread(fake):
        code, out = run("check", slack=fake, home=tmp_path / "home", **TOKENS)
    assert code == 0
    assert "Socket Mode" in out


def test_the_bot_does_not_start_without_tokens(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="FRONTDESK_SLACK_BOT_TOKEN is not set"):
        run(slack=FakeSlack(company()), home=tmp_path / "home")


def test_without_an_address_for_everybody_no_link_leads_to_this_machine(tmp_path: Path) -> None:
    assert slack_environment(Settings(home=tmp_path))["FRONTDESK_PAGE"] == ""


PAGE = {"web_url": "https://frontdesk.office.example/"}


def test_the_bot_is_told_where_the_key_is_and_its_own_tokens(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, port=9001, web_port=9002, slack_hr_channel="C9", **PAGE, **TOKENS)  # type: ignore[arg-type]
    told = slack_environment(settings)
    assert slack_command()[-1] == "ui.slack_bot"
    assert {name: told[name] for name in told if name.startswith("FRONTDESK_")} == {
        "FRONTDESK_SERVER": "http://127.0.0.1:9001",
        "FRONTDESK_KEY_FILE": str(tmp_path / "service.key"),
        "FRONTDESK_AS": "",
        "FRONTDESK_PAGE": "https://frontdesk.office.example",
        "FRONTDESK_WEB_URL": "https://frontdesk.office.example",
        "FRONTDESK_HOST": "127.0.0.1",
        "FRONTDESK_LOGIN": "none",
        "FRONTDESK_SLACK_BOT_TOKEN": "xoxb-fake",
        "FRONTDESK_SLACK_APP_TOKEN": "xapp-fake",
        "FRONTDESK_SLACK_SIGNING_SECRET": "",
        "FRONTDESK_SLACK_API": "https://slack.com/api/",
        "FRONTDESK_SLACK_PORT": "8612",
        "FRONTDESK_SLACK_HR_CHANNEL": "C9",
    }


@pytest.mark.parametrize(
    ("tokens", "has"),
    [
        ({}, False),
        ({"slack_bot_token": "xoxb"}, False),
        ({"slack_app_token": "xapp"}, False),
        (TOKENS, True),
        ({"slack_bot_token": "xoxb", "slack_signing_secret": "s"}, True),
    ],
)
def test_up_starts_the_bot_only_where_it_can_hear_and_speak(tmp_path: Path, tokens: dict[str, str], has: bool) -> None:
    assert has_slack(Settings(home=tmp_path, **tokens)) is has  # type: ignore[arg-type]
