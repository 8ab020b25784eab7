"""The words about one's own data."""

from app.client import Noted
from ui import own_data_view


def test_how_long_things_are_kept_is_said() -> None:
    assert own_data_view.kept(0).startswith(
        "Kept about you: your conversations and what you said of answers, until you"
    )
    assert "for 90 days after the last thing said in it" in own_data_view.kept(90)
    assert "for 1 day after" in own_data_view.kept(1)


def test_a_deletion_is_counted() -> None:
    assert own_data_view.gone(1) == "Your data is deleted, 1 conversation among it."


def test_what_an_admin_did_is_text() -> None:
    line = own_data_view.seen_line(Noted("2026-11-30T10:00:00", "ada", "read conversation x", "![x](y)"))
    assert line == "2026\\-11\\-30 ada read conversation x\\: \\!\\[x\\]\\(y\\)"
