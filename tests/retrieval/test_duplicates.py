from retrieval.duplicates import distinct
from tests.hits import Hit, hit, uris

RULE = "Every employee of the company may carry over {0} days of unused annual leave into the following calendar year."
OTHER = "A lost badge is blocked by calling the guard at once, at any time of the day and on every day of the year."
LONG = f"""{RULE} {OTHER} The request is made in the portal before the first of December, the manager answers within one
week, and whoever gets no answer asks the people team, which decides. Part-timers carry over their share, rounded
up to the next half day, and whoever is ill for long keeps the days until the end of March of the second year after."""


def groups(*hits: Hit, wanted: int = 10) -> list[list[str]]:
    return [uris(group) for group in distinct(hits, wanted)]


def test_of_a_hundred_identical_documents_the_best_ranked_one_is_kept_and_the_others_are_remembered() -> None:
    found = groups(*(hit(f"copy-{number}.md", RULE.format(5)) for number in range(100)), hit("badge.md", OTHER))
    assert [len(group) for group in found] == [100, 1]
    assert (found[0][0], found[1]) == ("copy-0.md", ["badge.md"])


def test_layout_case_and_punctuation_make_no_difference() -> None:
    loud = RULE.format(5).upper().replace(" ", "\n  ").replace(".", " !")
    assert groups(hit("a.md", RULE.format(5)), hit("b.md", loud)) == [["a.md", "b.md"]]


def test_one_changed_word_in_a_long_text_makes_no_difference() -> None:
    long = LONG.format(5)
    assert groups(hit("a.md", long), hit("b.md", long.replace("guard", "porter"))) == [["a.md", "b.md"]]


def test_texts_that_differ_in_a_number_both_speak() -> None:
    assert groups(hit("a.md", LONG.format(5)), hit("b.md", LONG.format(3))) == [["a.md"], ["b.md"]]


def test_texts_that_differ_in_a_negation_both_speak() -> None:
    long = LONG.format(5)
    assert groups(hit("a.md", long), hit("b.md", long.replace("may", "may not"))) == [["a.md"], ["b.md"]]


def test_among_a_hundred_copies_the_version_with_another_number_speaks_too() -> None:
    copies = [
        hit(f"copy-{number}.md", LONG.format(5).replace("guard", f"guard of hall {'abcdefghij'[number % 10]}"))
        for number in range(100)
    ]
    found = groups(*copies[:50], hit("changed.md", LONG.format(3)), *copies[50:])
    assert [(group[0], len(group)) for group in found] == [("copy-0.md", 100), ("changed.md", 1)]


def test_a_short_text_depends_on_its_title() -> None:
    assert groups(hit("a.md", "5 days.", title="Marriage"), hit("b.md", "5 days.", title="Moving house")) == [
        ["a.md"],
        ["b.md"],
    ]
    assert groups(hit("a.md", "5 days.", title="Marriage"), hit("b.md", "5 days.", title="MARRIAGE")) == [
        ["a.md", "b.md"]
    ]


def test_different_texts_stay_apart() -> None:
    assert groups(hit("a.md", RULE.format(5)), hit("b.md", OTHER)) == [["a.md"], ["b.md"]]


def test_no_more_than_wanted_are_kept_and_the_rest_is_not_looked_at() -> None:
    hits = [hit("a.md", RULE.format(1)), hit("b.md", OTHER), hit("c.md", RULE.format(2)), hit("d.md", OTHER)]
    assert groups(*hits, wanted=2) == [["a.md"], ["b.md"]]


def test_nothing_found_is_nothing_kept() -> None:
    assert groups() == []
