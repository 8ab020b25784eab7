"""What an import of people would change, in words."""

from app.admin.people_change import Change, as_rows, change, everybody
from app.bootstrap import Home
from app.people import Person
from tests.app.admin.conftest import EVERYBODY

ADA, SAM = Person("ada@o.example", "Ada", ("admins", "hr"), "GB"), Person("sam@o.example", "Sam", (), "GB")


def test_nothing_changes_from_the_same_people() -> None:
    assert change([ADA, SAM], [SAM, ADA]) == Change((), (), {}, 2)


def test_who_comes_and_goes_is_told_by_address() -> None:
    assert change([ADA], [SAM]) == Change(("sam@o.example",), ("ada@o.example",), {}, 0)


def test_what_changes_of_a_person_is_told_in_words() -> None:
    after = Person(ADA.email, "Ada Finch", ("hr", "board"), "")
    assert change([ADA, SAM], [after, SAM]).changed == {
        ADA.email: ("joins board", "leaves admins", "name Ada becomes Ada Finch", "country GB becomes none")
    }


def test_everybody_comes_with_groups_and_country(managed: Home) -> None:
    assert everybody(managed.engine) == sorted(EVERYBODY, key=lambda one: one.email)


def test_rows_are_those_of_the_file_that_is_imported() -> None:
    assert as_rows([ADA, SAM]) == [("ada@o.example", "Ada", "admins;hr", "GB"), ("sam@o.example", "Sam", "", "GB")]
