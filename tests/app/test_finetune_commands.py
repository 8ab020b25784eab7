"""`frontdesk finetune` as a whole."""

from tests.app.commands import Frontdesk


def test_the_help_lists_judging(frontdesk: Frontdesk) -> None:
    assert "judge" in frontdesk("finetune", "--help").out
