from app.finetune.citing import quoting, refusing, renumbered, resting, said_by
from retrieval.prompt import REFUSAL
from tests.passages import passage

LEAVE = passage(1, "Every employee has 27 days of annual leave.", "Book it in Meadow.")
HOTELS = passage(2, "The hotel cap is 115 pounds a night. Breakfast is part of it.", title="Hotels")


def test_a_refusal_rests_on_nothing() -> None:
    assert refusing([LEAVE]) == (REFUSAL, ())


def test_quotes_carry_the_number_of_the_source_that_holds_them() -> None:
    cite = quoting(("The hotel cap is 115 pounds a night.",), "handbook/2.md")
    assert cite([LEAVE, HOTELS]) == ("The hotel cap is 115 pounds a night. [2]", (2,))


def test_quotes_of_another_document_are_not_cited() -> None:
    assert quoting(("Book it in Meadow.",), "handbook/2.md")([LEAVE, HOTELS]) is None


def test_a_persons_words_are_cited_to_the_source_that_says_most_of_them() -> None:
    assert resting("At most 115 pounds a night, breakfast included.", ())([LEAVE, HOTELS]) == (
        "At most 115 pounds a night, breakfast included. [2]",
        (2,),
    )


def test_a_persons_words_that_no_source_says_are_cited_to_none() -> None:
    assert resting("Ask the moon about cheese and craters.", ())([LEAVE, HOTELS]) is None


def test_a_named_source_is_cited_and_no_other() -> None:
    assert resting("Yes.", ("handbook/1.md",))([LEAVE, HOTELS]) == ("Yes. [1]", (1,))
    assert resting("Yes.", ("handbook/9.md",))([LEAVE, HOTELS]) is None


def test_an_answer_given_once_gets_the_numbers_of_today() -> None:
    cite = renumbered("115 pounds. [1]\n\n27 days. [4]", {1: "2-0", 4: "1-0"})
    assert cite([LEAVE, HOTELS]) == ("115 pounds. [2]\n\n27 days. [1]", (1, 2))


def test_an_answer_whose_source_is_not_found_again_is_none() -> None:
    assert renumbered("115 pounds. [1]", {1: "7-0"})([LEAVE, HOTELS]) is None
    assert renumbered("Without any mark.", {})([LEAVE, HOTELS]) is None


def test_how_much_of_an_answer_a_source_says() -> None:
    assert (said_by("hotel cap breakfast", HOTELS), said_by("hotel moon", HOTELS)) == (1.0, 0.5)
