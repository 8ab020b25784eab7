import pytest

from app.quantity import wanted


@pytest.mark.parametrize("question", ["Who signs my claim?", "May I take my dog to the office?", "Showhow manyfold"])
def test_most_questions_ask_for_no_number(question: str) -> None:
    assert wanted(question) is None


@pytest.mark.parametrize(
    ("question", "sentence", "holds"),
    [
        ("How many days are there?", "There are 27 days.", True),
        ("How many days are there?", "There are twelve days.", True),
        ("How many days are there?", "In force since 1 May 2024.", False),
        ("How much is paid?", "Standard role | GBP 1,500", True),
        ("How much is paid?", "It is paid with the salary.", False),
        ("What percentage is paid?", "The share is 60 percent.", True),
        ("When is it paid?", "It is paid on 1 May.", True),
        ("When is it paid?", "It is paid on Thursday.", True),
        ("How soon is it paid?", "It is paid by the company.", False),
    ],
)
def test_a_sentence_holds_what_was_asked_for_or_not(question: str, sentence: str, holds: bool) -> None:
    pattern = wanted(question)
    assert pattern is not None
    assert bool(pattern.search(sentence)) == holds
