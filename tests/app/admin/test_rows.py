"""Rows as front ends get them."""

from app.admin.rows import FailureRow, GroupRow, PersonRow, made


def test_a_row_takes_what_it_has_fields_for() -> None:
    assert made(FailureRow, {"uri": "a", "reason": "b", "stamp": "c"}) == FailureRow("a", "b")
    assert made(GroupRow, {"question": "q", "times": 3, "askers": 3}) == GroupRow("q", 3, 3)


def test_lists_become_tuples() -> None:
    assert made(PersonRow, {"email": "a", "name": "A", "groups": ["hr"], "country": ""}).groups == ("hr",)
