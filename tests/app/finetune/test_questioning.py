from collections import Counter
from random import Random

import pytest

from app.finetune.questioning import Mixture, cases, mixed, of_drafts
from app.finetune.templated import Draft, Vocabulary, drafts
from retrieval.chunk import Chunk

PLACES = ("Leeds", "Lisbon", "Porto", "Hamburg", "Columbus", "London")
TEXT = "You may stay {} nights in {place}. If {place} is full, call {place} first."
CHUNKS = [
    Chunk(f"c{n}", "docs/a.md", "Stays", (f"Part {place}",), TEXT.format(n, place=place))
    for n, place in enumerate(PLACES, start=2)
]
WORDS = Vocabulary.of(CHUNKS)


def test_the_shares_of_refusals_and_follow_ups_are_as_asked() -> None:
    everything = list(cases(CHUNKS * 20, WORDS, Mixture(400, 0.3, 0.2), Random(1)))
    refused = sum(bool(case.without) for case in everything) / len(everything)
    assert 0.15 < refused < 0.45
    assert any(case.turns for case in everything)
    assert not any(case.without or case.turns for case in cases(CHUNKS, WORDS, Mixture(40, 0, 0), Random(1)))


def test_a_withheld_passage_is_only_asked_for_with_a_narrow_question() -> None:
    everything = list(cases(CHUNKS, WORDS, Mixture(200, 1.0, 0), Random(3)))
    broad = [case for case in everything if case.question.lower().startswith(("what do i need", "how does it work"))]
    assert broad
    assert all(case.apart for case in broad)


def test_forms_take_turns_and_an_answer_is_asked_for_twice_at_most() -> None:
    chosen = mixed([draft for chunk in CHUNKS for draft in drafts(chunk, WORDS)], 12, Random(1))
    assert len(chosen) == 12
    assert max(Counter(draft.answer for draft in chosen).values()) == 2
    assert len({draft.form for draft in chosen}) >= 4


def test_the_same_seed_asks_the_same() -> None:
    of_seed = [[case.question for case in cases(CHUNKS, WORDS, Mixture(), Random(seed))] for seed in (1, 1, 2)]
    assert of_seed[0] == of_seed[1] != of_seed[2]


def test_a_follow_up_says_less_than_a_question_that_stands_alone() -> None:
    before = Draft("May I stay 3 nights?", ("You may.",), CHUNKS[0], "yes or no")
    after = Draft("What happens if Lisbon is full?", ("Call Lisbon.",), CHUNKS[1], "condition")
    (_, follow_up) = of_drafts([before, after], WORDS, Mixture(40, 0, 1.0), Random(5))
    assert follow_up.question.endswith("if Lisbon is full?")
    assert "What happens" not in follow_up.question
    assert follow_up.turns[0].answer == "You may. [1]"


@pytest.mark.parametrize("wrong", [(0, 0.1, 0.1), (5, 0.8, 0.4), (5, -0.1, 0.1)])
def test_shares_that_cannot_be_are_refused(wrong: tuple[int, float, float]) -> None:
    with pytest.raises(ValueError, match="expected, not"):
        Mixture(*wrong)
