"""Passwords: kept as argon2id, checked in the same time for nobody."""

import time

import pytest

from app.identity.passwords import fits, hashed
from retrieval.errors import QuestionRefused
from tests.app.identity.conftest import PASSWORD


def test_only_the_password_fits_and_it_is_not_what_is_kept() -> None:
    kept = hashed(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert (fits(kept, PASSWORD), fits(kept, PASSWORD + " "), fits(kept, "")) == (True, False, False)


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hashed(PASSWORD) != hashed(PASSWORD)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 257], ids=["empty", "short", "long"])
def test_a_password_of_a_wrong_length_is_not_taken(password: str) -> None:
    with pytest.raises(QuestionRefused, match="A password has 12 to 256 characters"):
        hashed(password)


def test_where_nothing_is_kept_nothing_fits() -> None:
    assert not fits("", "nobody has this password")
    assert not fits("no hash at all", PASSWORD)


def test_nobodys_password_takes_as_long_as_somebodys() -> None:
    kept = hashed(PASSWORD)
    fits("", PASSWORD)  # makes the hash that nobody has, once

    def fastest(of: str) -> float:
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            fits(of, "another password")
            times.append(time.perf_counter() - begun)
        return min(times)

    assert fastest("") > 0.3 * fastest(kept)
