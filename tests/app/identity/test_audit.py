"""What admins did is written down, newest first."""

from sqlalchemy import Engine

from app.identity import audit
from tests.app.identity.conftest import ADA, SAM


def test_actions_are_listed_newest_first_and_by_what_they_were_on(staffed: Engine) -> None:
    audit.note(staffed, ADA, "suspended", SAM)
    audit.note(staffed, "terminal", "let in again", SAM)
    audit.note(staffed, ADA, "revoked a key", "12ab")
    assert [(one.who, one.what, one.on) for one in audit.listed(staffed)] == [
        (ADA, "revoked a key", "12ab"),
        ("terminal", "let in again", SAM),
        (ADA, "suspended", SAM),
    ]
    assert [one.what for one in audit.listed(staffed, on=SAM)] == ["let in again", "suspended"]
    assert len(audit.listed(staffed, 2)) == 2
