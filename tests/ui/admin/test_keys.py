"""The page of API keys."""

import pytest

from app.bootstrap import Home
from app.identity import keys
from tests.ui.admin.conftest import OPEN, click, shown

pytestmark = pytest.mark.heavy  # each starts a server of its own


def test_a_key_is_made_shown_once_and_revoked(open_page: OPEN, managed: Home) -> None:
    at = click(open_page("keys"), "Make it")
    assert at.error[0].value.startswith("Say what the key is for")
    at.text_input(key="key-name").set_value("Intranet")
    click(at, "Make it")
    (key,) = keys.listed(managed.engine)
    assert (key.name, key.scope, len(at.code)) == ("Intranet", "ask", 1)
    assert not at.run().code
    click(click(at, f"revoke {key.id}"), "Revoke it")
    assert "Revoked" in shown(at)
    assert keys.listed(managed.engine)[0].revoked_at is not None
