import pytest

from retrieval.errors import (
    FrontdeskError,
    IndexUnavailable,
    LedgerBusy,
    ModelUnavailable,
    OverWindow,
    QuestionRefused,
    Unreadable,
    Unusable,
)


@pytest.mark.parametrize("error", [LedgerBusy, IndexUnavailable, ModelUnavailable])
def test_what_may_pass_by_itself_may_be_tried_again(error: type[FrontdeskError]) -> None:
    assert error.retryable


@pytest.mark.parametrize("error", [Unusable, Unreadable, QuestionRefused])
def test_what_stays_wrong_is_not_tried_again(error: type[FrontdeskError]) -> None:
    assert not error.retryable


@pytest.mark.parametrize(("error", "code"), [(Unusable, 2), (QuestionRefused, 2), (LedgerBusy, 1), (Unreadable, 1)])
def test_wrong_usage_ends_with_2_and_failure_with_1(error: type[FrontdeskError], code: int) -> None:
    assert error.exit_code == code


def test_a_question_over_the_window_says_how_many_tokens_are_too_many() -> None:
    error = OverWindow(34, 512)
    assert error.user_message == (
        "This question is 34 tokens too long for the model's window of 512 tokens. Please shorten it."
    )
