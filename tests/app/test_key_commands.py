"""`frontdesk keys` and `frontdesk audit` at a terminal."""

import json
import re

from app.bootstrap import Home
from app.identity import keys
from app.settings import load
from tests.app.commands import Frontdesk


def test_a_key_is_shown_once_listed_and_revoked(frontdesk: Frontdesk) -> None:
    frontdesk("people", "invite", "sam@office.example")
    assert "No keys yet" in frontdesk("keys", "list").out
    said = frontdesk("keys", "create", "sam@office.example", "--name", "report", "--days", "30").out
    token = re.search(r"fdk_\S+", said)
    assert token, said
    engine = Home(load()).engine
    assert keys.valid(engine, token[0])
    listed = json.loads(frontdesk("keys", "list", "--json").out)["keys"]
    assert [(one["name"], one["scope"], one["stands"]) for one in listed] == [("report", "ask", "valid")]
    assert token[0] not in json.dumps(listed)
    assert frontdesk("keys", "revoke", listed[0]["id"]).out == "Revoked\n"
    assert "revoked" in frontdesk("keys", "list").out
    assert keys.valid(engine, token[0]) is None
    actions = json.loads(frontdesk("audit", "--json").out)["actions"]
    assert [one["what"] for one in actions] == ["revoked a key", "made a key (ask)", "invited"]
    assert "revoked a key" in frontdesk("audit", "-n", "1").out
    engine.dispose()


def test_a_key_for_nobody_or_for_anything_is_refused(frontdesk: Frontdesk) -> None:
    assert "Nothing yet" in frontdesk("audit").out
    assert frontdesk("keys", "create", "eve@office.example").code == 1
    frontdesk("people", "invite", "sam@office.example")
    assert frontdesk("keys", "create", "sam@office.example", "--scope", "all").code == 2
    assert frontdesk("keys", "create", "sam@office.example", "--days", "0").code == 2
    assert frontdesk("keys", "revoke", "x").code == 1
