"""`frontdesk models` lists what can be done with the language model."""

from tests.app.commands import Frontdesk


def test_the_help_names_the_commands(frontdesk: Frontdesk) -> None:
    done = frontdesk("models", "--help")
    assert "check" in done.out
    assert "bench" in done.out


def test_the_help_names_what_is_done_with_versions(frontdesk: Frontdesk) -> None:
    out = frontdesk("models", "--help").out
    assert all(command in out for command in ("list", "show", "register", "promote", "rollback", "export"))
