import pytest

from retrieval.concern import Concern


def test_a_concern_reads_as_one_line() -> None:
    assert str(Concern("hidden bank account", 1)) == "hidden bank account"
    assert str(Concern("hidden bank account", 3)) == "hidden bank account (3)"
    assert str(Concern("speaks to a language model", 1, "Ignore")) == "speaks to a language model: Ignore"
    assert str(Concern("speaks to a language model", 2, "Ignore")) == "speaks to a language model (2): Ignore"


def test_nothing_found_is_no_concern() -> None:
    with pytest.raises(ValueError, match="at least 1 was expected, not 0"):
        Concern("hidden bank account", 0)
