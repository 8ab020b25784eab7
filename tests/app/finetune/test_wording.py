from random import Random

import pytest

from app.finetune.wording import asked, lowered, spoken, varied


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("if you are ill", "if I am ill"),
        ("your manager tells you", "my manager tells me"),
        ("you can book it yourself", "I can book it myself"),
        ("what the company owes to you", "what the company owes to me"),
        ("a young colleague", "a young colleague"),
    ],
)
def test_an_employee_speaks_of_themselves(written: str, said: str) -> None:
    assert spoken(written) == said


def test_only_a_word_that_also_stands_in_small_letters_loses_its_capital() -> None:
    common = {"the", "a"}
    assert [lowered(text, common) for text in ("The cap", "Meadow shows it", "A buddy")] == [
        "the cap",
        "Meadow shows it",
        "a buddy",
    ]


def test_a_question_has_one_capital_letter_and_one_mark() -> None:
    assert asked("how do I\n book it?? ") == "How do I book it?"


def test_people_type_in_different_ways_but_ask_the_same() -> None:
    typed = {varied("How do I book it?", Random(seed), {"how"}) for seed in range(60)}
    assert {"How do I book it?", "how do I book it", "Hi, how do I book it?"} <= typed
    assert all("ow do I book it" in one for one in typed)
