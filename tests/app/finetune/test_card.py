from dataclasses import replace

from app.bootstrap import Home
from app.finetune.card import card, facts, rows
from app.finetune.dataset import Dataset
from tests.app.finetune.conftest import SMALL, everyone


def test_the_facts_say_what_is_inside_and_change_with_it(company: Home, dataset: Dataset) -> None:
    documents = everyone(company).documents
    found = facts(dataset, SMALL, documents, "nothing")
    assert found == facts(dataset, SMALL, documents, "nothing")
    assert found["counts"]["train"]["examples"] == len(dataset.train)
    assert sum(found["forms"].values()) == len(dataset.train) + len(dataset.test)
    assert set(found["documents"]["train"]) == dataset.sides.train
    assert found["documents"]["test"] == {uri: documents[uri].digest for uri in sorted(dataset.sides.test)}
    other = facts(replace(dataset, train=dataset.train[1:]), SMALL, documents, "nothing")
    assert (other["digests"]["train"] == found["digests"]["train"], other["digest"] == found["digest"]) == (
        False,
        False,
    )


def test_the_card_says_who_may_talk_to_the_model_and_whether_slack_is_in_it(company: Home, dataset: Dataset) -> None:
    public = card(facts(dataset, SMALL, everyone(company).documents, "nothing"), [])
    assert "It holds only what everybody in the company may read." in public
    assert "No text from Slack is in it." in public
    closed = card(facts(dataset, SMALL, everyone(company, "group:hr").documents, "nothing"), ["slack-T1"])
    assert "**nobody outside these groups may talk" in closed
    assert "it holds text for group:hr" in closed
    assert "Slack text is in it, from slack-T1." in closed


def test_the_card_begins_as_a_hub_expects_it(company: Home, dataset: Dataset) -> None:
    text = card(facts(dataset, SMALL, everyone(company).documents, "nothing"), [])
    assert text.startswith("---\nlicense: other\n")
    assert "size_categories:\n- n<1K\n" in text


def test_rows_without_anything_are_left_out() -> None:
    counts = {"train": {"examples": 3, "answer": 3}, "test": {"examples": 1, "refusal": 1}}
    assert rows(counts) == [("examples", "3", "1"), ("answer", "3", "0"), ("refusal", "0", "1")]
