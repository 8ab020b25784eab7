from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.finetune.dataset import Dataset, Recipe, excluded_questions
from app.finetune.questioning import Mixture
from app.finetune.repeats import Repeats
from retrieval.errors import Unusable
from retrieval.ledger import runs
from retrieval.prompt import REFUSAL
from tests.app.finetune.conftest import SMALL, built


def test_a_document_of_the_test_is_shown_in_no_training_example(dataset: Dataset) -> None:
    assert dataset.sides.test
    assert dataset.test
    assert dataset.sides.test.isdisjoint(one.uri for example in dataset.train for one in example.passages)
    resting = {one.uri for example in dataset.test for one in example.passages if one.number in example.supports}
    assert resting <= dataset.sides.test


def test_each_template_answer_is_verbatim_in_the_source_that_it_cites(dataset: Dataset) -> None:
    for example in (*dataset.train, *dataset.test):
        if example.kind == "refusal":
            assert (example.answer, example.supports) == (REFUSAL, ())
        else:
            (number,) = example.supports
            source = next(one.text for one in example.passages if one.number == number)
            quoted = example.answer.removesuffix(f" [{number}]")
            assert all(line in source for line in quoted.split("\n"))


def test_all_kinds_are_in_it_and_no_question_twice(company: Home) -> None:
    found = built(company, replace(SMALL, mixture=Mixture(20, 0.3, 0.3)))
    assert {example.kind for example in found.train} == {"answer", "refusal", "follow-up"}
    answered = [example.question for example in found.train if example.kind == "answer"]
    assert len(answered) == len(set(answered))


def test_the_same_seed_builds_the_same_set(company: Home, dataset: Dataset) -> None:
    assert built(company) == dataset
    assert built(company, replace(SMALL, seed=8)) != dataset


def test_questions_of_an_evaluation_are_not_learned(company: Home, dataset: Dataset) -> None:
    asked = tuple(example.question for example in dataset.train if example.kind != "follow-up")[:3]
    found = built(company, replace(SMALL, excluded=asked))
    repeats = Repeats(asked)
    assert found.left_out["like a question of an evaluation"] >= 3
    assert not any(repeats.holds(example.question) for example in found.train if example.kind != "follow-up")


def test_names_and_addresses_of_people_are_in_no_example(dataset: Dataset) -> None:
    text = repr((dataset.train, dataset.test))
    assert "[hidden: name] repairs bicycles" in text
    assert "Okoro" not in text
    assert "hana@office.example" not in text


def test_questions_that_hr_wrote_are_in_it_the_empty_answer_as_a_refusal(company: Home, tmp_path: Path) -> None:
    file = tmp_path / "questions.csv"
    lines = ["Is my desk kept while I am on parental leave?,It is kept for 12 months.,handbook/parental.md"]
    lines += ["How many days off do people get each year?,Every employee has 27 days of annual leave.,"]
    lines += ["Which planet has the most volcanoes?,,"]
    file.write_text("\n".join(["question,answer,sources", *lines]), encoding="utf-8")
    found = built(company, questions=file)
    written = {one.question: one for one in (*found.train, *found.test) if one.origin == "file"}
    assert [written[line.split(",")[0]].kind for line in lines] == ["answer", "answer", "refusal"]
    assert written["Is my desk kept while I am on parental leave?"].answer.startswith("It is kept for 12 months. [")


def test_a_question_with_a_source_that_may_not_be_learned_from_is_refused(company: Home, tmp_path: Path) -> None:
    file = tmp_path / "questions.csv"
    file.write_text("question,answer,sources\nHow much?,A lot.,handbook/hr/bands.md\n", encoding="utf-8")
    with pytest.raises(Unusable, match="question 1: handbook/hr/bands.md is no document that may be learned from here"):
        built(company, questions=file)


def test_a_company_without_a_document_to_learn_from_is_told(own_company: Home) -> None:
    runs.allow_training(own_company.engine, "handbook", allowed=False)
    with pytest.raises(Unusable, match="There is no document that may be learned from"):
        built(own_company)


def test_a_set_that_teaches_nothing_is_refused(company: Home) -> None:
    with pytest.raises(Unusable, match="Training needs at least 8 examples"):
        built(company, replace(SMALL, mixture=Mixture(1), test_share=0.7))


def test_a_test_share_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="test_share: a share between 0 and 1 was expected, not 1"):
        Recipe(test_share=1)


def test_an_evaluation_is_a_set_or_a_file_of_questions(tmp_path: Path) -> None:
    file = tmp_path / "asked.txt"
    file.write_text("Who is it?\n\nWhy?\n", encoding="utf-8")
    questions = list(excluded_questions([Path("data/eval"), file]))
    assert questions[-2:] == ["Who is it?", "Why?"]
    assert len(questions) > 440
    with pytest.raises(Unusable, match="is neither an evaluation set nor a text file"):
        list(excluded_questions([tmp_path / "nothing"]))
