"""Two people of an office: Ada, an admin, and Sam."""

import pytest
from sqlalchemy import Engine

from app import people
from app.people import Person

ADA, SAM = "ada@office.example", "sam@office.example"
PASSWORD = "four plain words here"


@pytest.fixture
def staffed(ledger: Engine) -> Engine:
    """A ledger that knows both, neither of whom can sign in yet."""
    people.add(ledger, Person(ADA, "Ada", ("admins",), "GB"))
    people.add(ledger, Person(SAM, "Sam", (), "DE"))
    return ledger
