"""`frontdesk models` lists what can be done with the language model."""

from tests.app.commands import Frontdesk


def test_the_help_names_the_commands(frontdesk: Frontdesk) -> None:
    done = frontdesk("models", "--help")
    assert "check" in done.out
    assert "bench" in done.out
