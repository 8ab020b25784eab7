"""What people said, without what tells who is meant."""

import pytest

from app.admin.masking import masked

NAMES = ["Hana Okoro", "Sam", "Ada (Finch"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("What does hana okoro earn?", "What does [somebody] earn?"),
        ("Write to hana@office.example", "Write to [somebody]"),
        ("Is Sam ill?", "Is Sam ill?"),
        ("My card is 4111 1111 1111 1111.", "My card is [hidden: payment card]."),
        ("How many days of leave?", "How many days of leave?"),
    ],
)
def test_addresses_whole_names_and_numbers_of_persons_are_masked(said: str, shown: str) -> None:
    assert masked(said, NAMES) == shown


def test_without_known_people_the_rest_is_masked_all_the_same() -> None:
    assert masked("a@b.example", []) == "[somebody]"
