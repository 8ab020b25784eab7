"""What importing a list of people would change, said before it is done. Pure but for reading who is known."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from app.people import COLUMNS, Person
from app.tables import people
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import audience_members

GROUP = "group:"


@dataclass(frozen=True, slots=True)
class Change:
    """Addresses that come and go, and what changes of those that stay, in words."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: dict[str, tuple[str, ...]]
    unchanged: int


def everybody(engine: Engine) -> list[Person]:
    """The known people with their groups, by address."""
    with reading(engine) as connection:
        rows = connection.execute(select(people).order_by(people.c.email)).all()
        members = connection.execute(
            select(audience_members).where(audience_members.c.audience.startswith(GROUP))
        ).all()
    groups: dict[str, list[str]] = {}
    for row in members:
        groups.setdefault(row.member, []).append(row.audience.removeprefix(GROUP))
    return [Person(row.email, row.name, tuple(sorted(groups.get(row.email, ()))), row.country) for row in rows]


def change(before: Sequence[Person], after: Sequence[Person]) -> Change:
    """From these people to those."""
    was, will = {one.email: one for one in before}, {one.email: one for one in after}
    told = {email: tuple(_told(was[email], will[email])) for email in sorted(was.keys() & will.keys())}
    changed = {email: sentences for email, sentences in told.items() if sentences}
    added, removed = tuple(sorted(will.keys() - was.keys())), tuple(sorted(was.keys() - will.keys()))
    return Change(added, removed, changed, len(told) - len(changed))


def as_rows(everyone: Sequence[Person]) -> list[tuple[str, ...]]:
    """Their rows in the CSV file that is imported."""
    assert COLUMNS == ("email", "name", "groups", "country")
    return [(one.email, one.name, ";".join(one.groups), one.country) for one in everyone]


def _told(was: Person, will: Person) -> list[str]:
    comes, goes = sorted(set(will.groups) - set(was.groups)), sorted(set(was.groups) - set(will.groups))
    told = [f"joins {', '.join(comes)}"] if comes else []
    told += [f"leaves {', '.join(goes)}"] if goes else []
    told += [f"name {was.name} becomes {will.name}"] if was.name != will.name else []
    told += [f"country {was.country or 'none'} becomes {will.country or 'none'}"] if was.country != will.country else []
    return told
