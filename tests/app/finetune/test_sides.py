from app.finetune.sides import split

TEXTS = [
    (f"docs/{number}.md", f"Page {number} speaks of thing {number} and of nothing else at all.") for number in range(20)
]


def test_a_share_of_the_documents_is_for_the_test_and_no_document_is_on_both_sides() -> None:
    sides = split(TEXTS, 0.25, seed=7)
    assert (len(sides.train), len(sides.test)) == (15, 5)
    assert sides.train.isdisjoint(sides.test)


def test_the_same_seed_parts_in_the_same_way_and_another_one_differently() -> None:
    assert split(TEXTS, 0.25, seed=7) == split(TEXTS[::-1], 0.25, seed=7)
    assert split(TEXTS, 0.25, seed=7) != split(TEXTS, 0.25, seed=8)


def test_near_copies_stay_together() -> None:
    text = "The guard closes the gate at nine in the evening and opens it again at six in the morning."
    copies = [("docs/gate.md", text), ("docs/gate-again.md", text)]
    for seed in range(8):
        sides = split([*TEXTS, *copies], 0.3, seed)
        assert sides.is_test(["docs/gate.md"]) == sides.is_test(["docs/gate-again.md"])


def test_what_rests_on_one_document_of_the_test_is_for_the_test() -> None:
    sides = split(TEXTS, 0.25, seed=7)
    assert sides.is_test([next(iter(sides.train)), next(iter(sides.test))])
