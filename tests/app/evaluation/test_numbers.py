"""The numbers of small evaluations, worked out by hand."""

from dataclasses import astuple, replace

import pytest

from app.evaluate import OURS, Evaluation, Ranked
from app.evaluation.measures import Estimate
from app.evaluation.numbers import Numbers, numbers_of
from tests.app.evaluation.evaluations import (
    QUOTED,
    citation,
    done,
    evaluation,
    follow_up,
    query,
    refused,
    result,
)

SAID, UNSAID = "Every employee has 27 days of annual leave.", "Leave cannot be sold."


def mean(found: Estimate | None) -> float | None:
    return found.mean if found else None


def answers() -> Evaluation:
    """Three questions that can be answered, three that cannot."""
    return evaluation(
        result(query("1", support=SAID, category="direct", split="dev"), "leave", "badges", sureness=0.9),
        result(query("2", support=UNSAID, category="direct", split="test"), "badges", "leave", sureness=0.7),
        result(query("3", support=SAID, category="how many", split="test"), "leave", outcome=refused(), sureness=0.2),
        result(query("4", answerable=False, category="absent", split="dev"), outcome=refused(), sureness=0.1),
        result(query("5", answerable=False, category="absent", split="test"), "leave", sureness=0.8),
        result(query("6", answerable=False, split="test"), outcome=done("Where?", model=""), sureness=0.6),
        qrels={"1": {"leave": 1}, "2": {"leave": 1}, "3": {"leave": 1}},
    )


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return numbers_of(answers())


def test_each_rate_is_a_share_of_its_own_questions(numbers: Numbers) -> None:
    assert {name: mean(one) for name, one in numbers.overall.estimates.items() if "@" not in name} == {
        "answered_answerable": pytest.approx(2 / 3),
        "refused_answerable": pytest.approx(1 / 3),
        "support_read": pytest.approx(2 / 3),
        "support_quoted": pytest.approx(1 / 3),
        "refused_unanswerable": pytest.approx(1 / 3),
        "answered_unanswerable": pytest.approx(1 / 3),
        "asked_back": pytest.approx(1 / 6),
    }


def test_ranking_is_measured_where_it_was_judged(numbers: Numbers) -> None:
    assert mean(numbers.overall.estimates["mrr@10"]) == pytest.approx((1 + 0.5 + 1) / 3)
    assert mean(numbers.overall.estimates["recall@5"]) == 1.0


def test_a_mean_lies_within_its_interval(numbers: Numbers) -> None:
    for one in numbers.overall.estimates.values():
        assert one
        assert 0 <= one.low <= one.mean <= one.high <= 1


def test_halves_and_categories_are_counted_apart(numbers: Numbers) -> None:
    assert {name: one.questions for name, one in numbers.splits.items()} == {"dev": 2, "test": 4}
    assert {name: one.questions for name, one in numbers.categories.items()} == {
        "absent": 2,
        "direct": 2,
        "how many": 1,
    }
    assert mean(numbers.splits["dev"].estimates["mrr@10"]) == 1.0
    assert mean(numbers.categories["absent"].estimates["answered_unanswerable"]) == 0.5
    assert numbers.categories["absent"].estimates["ndcg@10"] is None


def test_the_threshold_is_judged_on_how_sure_each_question_was(numbers: Numbers) -> None:
    assert numbers.refusing
    now = numbers.refusing.ours.now
    assert (now.threshold, now.answerable, now.unanswerable) == (0.5, 1 / 3, 1 / 3)
    assert numbers.refusing.cosine.now.threshold == 0.35  # the second answerable question's cosine
    # From the surest on, every second one cannot be answered: (0 + 1/2 + 1/3 + 2/4 + 2/5 + 3/6) / 6.
    assert numbers.refusing.ours.area == pytest.approx(0.3722, abs=1e-4)
    assert numbers.refusing.cosine.area == pytest.approx(0.3722, abs=1e-4)


def test_a_question_back_is_no_answer_to_check(numbers: Numbers) -> None:
    assert (numbers.citations.answers, numbers.citations.precision, numbers.citations.recall) == (3, 1.0, 1.0)


def test_times_are_those_of_the_questions(numbers: Numbers) -> None:
    assert (numbers.latency.p50, numbers.first_token.p95) == (40.0, 20.0)


def test_a_false_quote_lowers_precision_and_a_bare_sentence_recall() -> None:
    invented = done(f"{SAID} [1] Nobody may sell them.", citation(1, SAID), citation(2, UNSAID))
    found = numbers_of(evaluation(result(query("1"), "leave", outcome=invented), qrels={})).citations
    assert (found.precision, found.recall) == (0.5, 0.5)


def test_a_set_that_does_not_say_what_can_be_answered_has_no_error_rates() -> None:
    found = numbers_of(evaluation(result(query("1", answerable=None), "leave"), qrels={"1": {"leave": 1}}))
    assert set(found.overall.estimates) == {"ndcg@10", "recall@5", "recall@10", "recall@20", "mrr@10"}
    assert (found.refusing, found.follow_ups, found.recipes) == (None, None, {})


def test_follow_ups_are_compared_with_their_other_wordings() -> None:
    wordings = {"last turn": Ranked(("leave",)), "in full": Ranked(("badges",))}
    first = replace(result(follow_up("1"), "badges"), phrasings=wordings)
    second = replace(result(follow_up("2"), "leave"), phrasings=wordings)
    found = numbers_of(evaluation(first, second, qrels={"1": {"badges": 1}, "2": {"badges": 1}})).follow_ups
    assert found
    assert (found.rewritten.mean, found.last_turn.mean, found.in_full.mean, found.share_of_full) == (0.5, 0.0, 1.0, 0.5)


def test_a_peer_is_compared_question_by_question() -> None:
    found = [
        replace(result(query(id_), "leave", outcome=QUOTED), peers={"Peer": Ranked((other, "leave"), 9.0)})
        for id_, other in (("1", "badges"), ("2", "leave"))
    ]
    recipes = numbers_of(evaluation(*found, qrels={"1": {"leave": 1}, "2": {"leave": 1}}, peer="Peer")).recipes
    assert list(recipes) == [OURS, "Peer"]
    assert (mean(recipes[OURS].estimates["mrr@10"]), mean(recipes["Peer"].estimates["mrr@10"])) == (1.0, 0.75)
    lead = recipes["Peer"].lead
    assert lead
    assert astuple(lead) == pytest.approx((0.1845, 0.0, 0.3691), abs=1e-4)  # nDCG 1 and 0.6309, 1 and 1
    assert (recipes[OURS].search.p50, recipes["Peer"].search.p50, recipes["Peer"].ingest_seconds) == (5.0, 9.0, 3.0)
    assert recipes[OURS].lead is None
