"""Documents that are nearly the same are listed together, and nothing else."""

from collections.abc import Iterable

from retrieval.near_copies import near_copies

WORDS = [f"word{number}" for number in range(400)]
LONG, OTHER = " ".join(WORDS[:200]), " ".join(WORDS[200:])


def uris(*texts: tuple[str, str]) -> list[list[str]]:
    return [[copy.uri for copy in group] for group in near_copies(texts)]


def changed(text: str, places: Iterable[int]) -> str:
    words = text.split()
    for place in places:
        words[place] = "changed"
    return " ".join(words)


def test_a_hundred_copies_with_small_differences_are_one_group_led_by_the_first() -> None:
    copies = [(f"{number}.md", changed(LONG, [number])) for number in range(100)]
    (group,) = near_copies([*copies, ("other.md", OTHER)])
    assert [copy.uri for copy in group] == [uri for uri, _ in copies]
    assert min(copy.similarity for copy in group) > 0.85


def test_only_the_same_words_in_the_same_order_are_identical() -> None:
    (group,) = near_copies(
        [("a.md", LONG), ("b.md", LONG.upper().replace(" ", ",\n")), ("c.md", changed(LONG, [50])), ("d.md", LONG)]
    )
    assert [copy.similarity == 1 for copy in group] == [True, True, False, True]


def test_documents_that_share_less_than_most_stay_apart() -> None:
    half = f"{' '.join(WORDS[:100])} {' '.join(WORDS[300:])}"
    assert uris(("a.md", LONG), ("b.md", half), ("c.md", OTHER)) == []


def test_each_group_stands_alone() -> None:
    found = uris(("a.md", LONG), ("b.md", OTHER), ("c.md", changed(OTHER, [9])), ("d.md", changed(LONG, [7])))
    assert found == [["a.md", "d.md"], ["b.md", "c.md"]]


def test_texts_of_one_or_two_words_are_compared_whole() -> None:
    assert uris(("a.md", "Ask Hana."), ("b.md", "ask hana"), ("c.md", "Ask Ingrid."), ("d.md", "?"), ("e.md", "!")) == [
        ["a.md", "b.md"],
        ["d.md", "e.md"],
    ]


def test_nothing_is_no_copy() -> None:
    assert near_copies([]) == []
