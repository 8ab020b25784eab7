"""`frontdesk models` as a whole."""

from tests.app.commands import Frontdesk


def test_the_help_lists_versions(frontdesk: Frontdesk) -> None:
    out = frontdesk("models", "--help").out
    assert all(command in out for command in ("list", "show", "register", "promote", "rollback", "export"))
