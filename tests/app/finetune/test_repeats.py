from app.finetune.repeats import Repeats


def test_nearly_the_same_words_are_a_repeat() -> None:
    known = Repeats(["How many days of annual leave does every employee in the Leeds office have in 2026?"])
    assert known.holds("Hi, how many days of annual leave does every employee in the Leeds office have in 2026")
    assert not known.holds("How many days of sick leave do I have?")


def test_a_number_makes_another_question() -> None:
    assert not Repeats(["What applies after 3 years?"]).holds("What applies after 8 years?")


def test_a_new_question_is_new_once() -> None:
    known = Repeats()
    assert [known.is_new("Where is the guard?"), known.is_new("where is the guard"), known.is_new("Who is he?")] == [
        True,
        False,
        True,
    ]


def test_an_empty_question_repeats_nothing() -> None:
    assert not Repeats(["", "?"]).holds("")
