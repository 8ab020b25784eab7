"""Health and settings over HTTP; no secret is shown."""

from collections.abc import Callable
from pathlib import Path

import httpx
from pydantic import SecretStr

from app.bootstrap import Home
from app.client import AS_HEADER
from app.door import service_key
from tests.app.admin.conftest import ADMIN
from tests.serving import served


def test_health_is_told_as_it_is(reader: httpx.Client) -> None:
    found = reader.get("/api/admin/health").json()
    assert (found["documents"], found["wrong"], found["last_run"]["state"]) == (5, [], "done")


def test_settings_come_with_value_origin_and_meaning_and_secrets_as_stars(
    managed: Home, make_home: Callable[..., Home], tmp_path: Path
) -> None:
    home = make_home(slack_bot_token=SecretStr("xoxb-secret"), contact="people@office.example")
    headers = {"Authorization": f"Bearer {service_key(home.settings.home)}", AS_HEADER: ADMIN}
    with served(home) as url:
        response = httpx.get(f"{url}/api/admin/settings", headers=headers, trust_env=False, timeout=60)
    found = {one["name"]: (one["value"], one["origin"]) for one in response.json()}
    assert found["contact"][0] == "people@office.example"
    assert found["slack_bot_token"][0] == "********"
    assert found["evidence"] == ("0.25", "default")
    assert "xoxb-secret" not in response.text
