"""The people of the company: who they are and which groups they are in."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select, update

from app.csv_rows import Row, content_of, rows_of
from app.identity import accounts
from app.tables import people
from retrieval.countries import code_of, is_code, name_of
from retrieval.errors import Unusable
from retrieval.ledger import runs
from retrieval.ledger.engine import reading, writing

COLUMNS = ("email", "name", "groups", "country")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+")
_GROUP = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may ask. `country` is an ISO 3166 alpha-2 code or empty."""

    email: str
    name: str
    groups: tuple[str, ...]
    country: str


def normal(email: str) -> str:
    """Addresses are compared in lower case."""
    return email.strip().lower()


def read_csv(path: Path) -> list[Person]:
    """People from a CSV file with the columns email, name, groups (parted by `;`) and country.

    Raises:
        Unusable: with the first line that is wrong; nothing is imported then.
    """
    return people_in(content_of(path, "people"), str(path))


def people_in(data: bytes, name: str) -> list[Person]:
    """The same of a file's content; `name` is how messages call it.

    Raises:
        Unusable: as above.
    """
    found = rows_of(data, name, COLUMNS, "people", _person)
    twice = next((address for address, times in Counter(one.email for one in found).items() if times > 1), None)
    if twice:
        raise Unusable(f"{name} names {twice} twice")
    if not found:
        raise Unusable(f"{name} names nobody")
    return found


def replace_all(engine: Engine, everybody: list[Person]) -> None:
    """Make these the people and these the groups: who is missing is known no more, in no group, signed out."""
    members: dict[str, list[str]] = defaultdict(list)
    with reading(engine) as connection:
        for audience in runs.audiences(connection):
            if audience.startswith("group:"):
                members[audience] = []
    for person in everybody:
        for group in person.groups:
            members[f"group:{group}"].append(person.email)
    rows = [{"email": one.email, "name": one.name, "country": one.country} for one in everybody]
    now = {one.email for one in everybody}
    with writing(engine) as connection:
        accounts.forget(connection, set(connection.execute(select(people.c.email)).scalars()) - now)
        connection.execute(delete(people))
        connection.execute(insert(people), rows)
        runs.put_members(connection, members)


def add(engine: Engine, person: Person) -> None:
    """Make somebody known, or known by this name, and a member of these groups beside their present ones.

    Raises:
        Unusable: the address or a group's name is none.
    """
    refuse_odd(person)
    with writing(engine) as connection:
        named = update(people).where(people.c.email == person.email).values(name=person.name)
        if connection.execute(named).rowcount == 0:
            row = {"email": person.email, "name": person.name, "country": person.country}
            connection.execute(insert(people).values(**row))
        runs.join(connection, person.email, {f"group:{group}" for group in person.groups})


def regroup(engine: Engine, email: str, groups: Iterable[str]) -> None:
    """Make somebody a member of exactly these groups."""
    now = {f"group:{group}" for group in groups if _GROUP.fullmatch(group)}
    with writing(engine) as connection:
        runs.leave(connection, email, "group:")
        runs.join(connection, email, now)


def refuse_odd(person: Person) -> None:
    """Raise Unusable for somebody whose address or group is written like none."""
    if not _EMAIL.fullmatch(person.email):
        raise Unusable(f"An e-mail address was expected, not {person.email!r}")
    wrong = next((group for group in person.groups if not _GROUP.fullmatch(group)), None)
    if wrong is not None:
        raise Unusable(f"A group's name is letters, digits, '.', '_' and '-', not {wrong!r}")


def country_of(engine: Engine, email: str) -> str | None:
    """The country of the person with this address, empty where no known one was told; None for somebody unknown."""
    with reading(engine) as connection:
        country = connection.execute(select(people.c.country).where(people.c.email == email)).scalar()
    return country if country is None or is_code(country) else ""  # earlier versions took any letters


def names(engine: Engine) -> dict[str, str]:
    """Everybody's name by address."""
    with reading(engine) as connection:
        return {row.email: row.name for row in connection.execute(select(people).order_by(people.c.name))}


def _person(row: Row, place: str) -> Person:
    if None in row or None in row.values():
        raise Unusable(f"{place}: {len(COLUMNS)} columns were expected")
    email = normal(row["email"] or "")
    if not _EMAIL.fullmatch(email):
        raise Unusable(f"{place}: an e-mail address was expected, not {row['email']!r}")
    groups = tuple(group.strip() for group in (row["groups"] or "").split(";") if group.strip())
    wrong = next((group for group in groups if not _GROUP.fullmatch(group)), None)
    if wrong is not None:
        raise Unusable(f"{place}: a group's name is letters, digits, '.', '_' and '-', not {wrong!r}")
    return Person(email, (row["name"] or "").strip(), groups, _country(row["country"] or "", place))


def _country(stated: str, place: str) -> str:
    code = stated.strip().upper()
    if code and not is_code(code):
        meant = code_of(stated)
        hint = f". Write {meant} for {name_of(meant)}" if meant else ""
        raise Unusable(f"{place}: a country is a two-letter code (ISO 3166) or empty, not {stated!r}{hint}")
    return code
