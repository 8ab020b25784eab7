"""People and groups from a CSV file: all of it or nothing."""

from pathlib import Path

import pytest

from app import people
from app.access import caller_for
from app.bootstrap import Home
from app.identity import accounts, keys, sessions
from app.people import Person
from retrieval.errors import Missing, Unusable
from retrieval.ledger import lookup, runs

HEAD = "email,name,groups,country\n"
ADA = Person("ada@office.example", "Ada", ("admins", "hr"), "GB")
SAM = Person("sam@office.example", "Sam", (), "")


def csv(folder: Path, text: str) -> Path:
    file = folder / "people.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_with_groups_and_countries(tmp_path: Path) -> None:
    file = csv(tmp_path, f"{HEAD}Ada@Office.example, Ada ,admins; hr,gb\nsam@office.example,Sam,,\n")
    assert people.read_csv(file) == [ADA, SAM]


def test_a_file_from_a_spreadsheet_begins_with_a_mark(tmp_path: Path) -> None:
    assert people.read_csv(csv(tmp_path, f"\ufeff{HEAD}sam@office.example,Sam,,\n")) == [SAM]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name,email\nSam,sam@office.example\n",
            "must begin with the line email,name,groups,country, not 'name,email'",
        ),
        ("", "must begin with the line email,name,groups,country"),
        (HEAD, "names nobody"),
        (f"{HEAD}sam@office.example,Sam,,\nnot an address,Eve,,\n", "line 3: an e-mail address was expected, not 'not"),
        (f"{HEAD}sam@office.example,Sam,,\neve@office.example,Eve\n", "line 3: 4 columns were expected"),
        (f"{HEAD}sam@office.example,Sam,,,\n", "line 2: 4 columns were expected"),
        (f"{HEAD}sam@office.example,Sam,human resources,\n", "line 2: a group's name is letters, digits"),
        (f"{HEAD}sam@office.example,Sam,,\neve@office.example,Eve,,XX\n", "line 3: a country is a two-letter code"),
        (f"{HEAD}sam@office.example,Sam,,UK\n", "not 'UK'. Write GB for United Kingdom"),
        (f"{HEAD}sam@office.example,Sam,,germany\n", "not 'germany'. Write DE for Germany"),
        (f"{HEAD}sam@office.example,Sam,,\nSAM@office.example,Sam,,\n", "names sam@office.example twice"),
    ],
    ids=[
        "other columns",
        "empty",
        "nobody",
        "no address",
        "too few",
        "too many",
        "bad group",
        "no country",
        "UK",
        "a name",
        "twice",
    ],
)
def test_a_broken_file_is_refused_with_the_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        people.read_csv(csv(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"email,name\xff\xfe")
    with pytest.raises(Unusable, match="cannot be read as UTF-8 text. A CSV file of people was expected"):
        people.read_csv(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be read"):
        people.read_csv(tmp_path / "nowhere.csv")


def test_imported_people_are_known_and_in_their_groups(home: Home) -> None:
    people.replace_all(home.engine, [ADA, SAM])
    assert people.names(home.engine) == {"ada@office.example": "Ada", "sam@office.example": "Sam"}
    assert lookup.audiences_of(home.engine, "ada@office.example") == {"group:admins", "group:hr"}
    assert lookup.audiences_of(home.engine, "sam@office.example") == frozenset()


def test_who_is_missing_in_a_new_file_is_unknown_and_in_no_group_at_once(home: Home) -> None:
    people.replace_all(home.engine, [ADA, SAM])
    people.replace_all(home.engine, [SAM])
    assert lookup.audiences_of(home.engine, "ada@office.example") == frozenset()
    with pytest.raises(Missing, match="Nobody with the address 'ada@office.example' is known"):
        caller_for(home.engine, "ada@office.example")


def test_whoever_comes_later_with_the_address_of_somebody_who_left_is_somebody_new(home: Home) -> None:
    engine = home.engine
    people.replace_all(engine, [ADA, SAM])
    accounts.set_password(engine, ADA.email, "hashed")
    accounts.set_subject(engine, ADA.email, "subject")
    session, (_, key) = sessions.begin(engine, ADA.email), keys.create(engine, ADA.email, "script", "ask", 30)
    people.replace_all(engine, [SAM])
    people.replace_all(engine, [ADA, SAM])
    account = accounts.account_of(engine, ADA.email)
    assert account is not None
    assert (account.password, accounts.owner_of(engine, "subject")) == ("", "")
    assert sessions.session_of(engine, session) is None
    assert keys.valid(engine, key) is None


def test_who_was_shut_out_stays_so_when_imported_again(home: Home) -> None:
    people.replace_all(home.engine, [ADA, SAM])
    accounts.suspend(home.engine, ADA.email)
    people.replace_all(home.engine, [SAM])
    people.replace_all(home.engine, [ADA, SAM])
    assert accounts.suspended(home.engine, [ADA.email]) == {ADA.email}


def test_who_left_a_group_is_out_of_it_at_once(home: Home) -> None:
    people.replace_all(home.engine, [ADA, SAM])
    people.replace_all(home.engine, [Person(ADA.email, "Ada", ("admins",), "GB"), SAM])
    assert caller_for(home.engine, ADA.email).audiences == {"group:admins"}


def test_members_of_slack_channels_stay_when_people_are_imported(home: Home) -> None:
    runs.set_members(home.engine, {"slack:T1/C1": ["sam@office.example"], "group:old": ["sam@office.example"]})
    people.replace_all(home.engine, [ADA, SAM])
    assert lookup.audiences_of(home.engine, "sam@office.example") == {"slack:T1/C1"}


def test_addresses_are_known_in_any_case(home: Home) -> None:
    people.replace_all(home.engine, [ADA, SAM])
    assert caller_for(home.engine, " ADA@office.Example ").email == "ada@office.example"


def test_a_caller_has_the_country_that_was_imported(home: Home) -> None:
    people.replace_all(home.engine, [ADA, SAM])
    assert [caller_for(home.engine, one.email).country for one in (ADA, SAM)] == ["GB", ""]


def test_a_country_that_an_earlier_version_took_unchecked_is_none(home: Home) -> None:
    """Documents for GB would be hidden from somebody who is in a country called UK."""
    people.replace_all(home.engine, [ADA, Person("eve@office.example", "Eve", (), "UK")])
    assert caller_for(home.engine, "eve@office.example").country == ""
