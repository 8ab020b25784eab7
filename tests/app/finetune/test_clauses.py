import pytest

from app.finetune.clauses import questions

COMMON = {"the", "a", "applications", "probation", "every", "both", "trains"}


def asked(sentence: str) -> set[tuple[str, str]]:
    return set(questions(sentence, COMMON))


@pytest.mark.parametrize(
    ("sentence", "form", "question"),
    [
        ("If you leave early, you pay the rest.", "condition", "What happens if I leave early?"),
        ("Ask first, if you are in doubt about it.", "condition", "What if I am in doubt about it?"),
        ("You may take them in half days.", "yes or no", "Am I allowed to take them in half days?"),
        ("You must lock your screen.", "yes or no", "Do I have to lock my screen?"),
        ("Trains are booked through Wayfold.", "yes or no", "Are trains booked through Wayfold?"),
        ("A visitor has to sign the list.", "yes or no", "Does a visitor have to sign the list?"),
        ("Applications close on 31 March.", "when", "When do applications close?"),
        ("Probation lasts 6 months and can be extended.", "how long", "How long does probation last?"),
        ("Both parents receive 16 weeks of full pay.", "how much", "How many weeks do both parents receive?"),
        ("Book domestic trips at least 7 days before.", "deadline", "By when do I have to book domestic trips?"),
        ("Upload the invoice in Meadow.", "how", "How do I upload the invoice?"),
        ("Your manager approves every sabbatical.", "who", "Who approves every sabbatical?"),
        ("The hotel cap is the highest price per night.", "what is", "What is the hotel cap?"),
    ],
)
def test_a_sentence_is_asked_about_in_its_own_words(sentence: str, form: str, question: str) -> None:
    assert (form, question) in asked(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It is.",
        "If we hear nothing by the evening, we call your family.",
        "What the company must give you can be longer.",
        "Everybody who has been here for three months has money for learning.",
        "Order of use: bought days come last.",
        "In the last three cycles most plans ended well.",
    ],
)
def test_what_would_come_out_crooked_is_not_asked(sentence: str) -> None:
    assert asked(sentence) == set()


def test_no_question_is_longer_than_people_type() -> None:
    long = "If " + "you carry one more box and " * 6 + "fall, call the guard."
    assert asked(long) == set()
