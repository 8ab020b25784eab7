"""The JSON of an evaluation: stable names, rounded values, null for what does not apply."""

import json
from dataclasses import replace

from app.evaluate import OURS, Ranked
from app.evaluation.json_output import of_numbers
from app.evaluation.numbers import numbers_of
from tests.app.evaluation.evaluations import evaluation, follow_up, query, refused, result


def test_the_names_that_scripts_know_are_there() -> None:
    asked = [result(query("1"), "leave"), result(query("2", answerable=False), outcome=refused(), sureness=0.1)]
    found = of_numbers(numbers_of(evaluation(*asked, qrels={"1": {"leave": 1}})))
    assert (found["documents"], found["chunks"], found["queries"]) == (3, 4, 2)
    assert (found["ndcg@10"], found["recall@5"], found["recall@20"], found["mrr@10"]) == (1.0, 1.0, 1.0, 1.0)
    assert (found["answered_answerable"], found["refused_answerable"], found["refused_unanswerable"]) == (1.0, 0.0, 1.0)
    assert found["support_quoted"] is None
    assert found["latency_ms"] == {"p50": 40.0, "p95": 40.0, "p99": 40.0}
    assert found["intervals"]["refused_answerable"] == [0.0, 0.975]
    assert found["refusing"]["ours"]["now"] == {"threshold": 0.5, "answerable": 0.0, "unanswerable": 1.0}
    assert found["citations"]["precision"] == 1.0


def test_what_the_set_has_not_is_null_or_empty() -> None:
    found = of_numbers(numbers_of(evaluation(result(query("1", answerable=None), "leave"), qrels={})))
    assert (found["follow_ups"], found["refusing"]) == (None, None)
    assert (found["recipes"], found["splits"], found["categories"]) == ({}, {}, {})
    assert "answered_answerable" not in found
    assert json.loads(json.dumps(found)) == found


def test_halves_follow_ups_and_recipes_are_told() -> None:
    wordings = {"last turn": Ranked(("leave",)), "in full": Ranked(("badges",))}
    asked = replace(
        result(replace(follow_up("1"), split="dev"), "badges"),
        phrasings=wordings,
        peers={"Peer": Ranked(("leave", "badges"), 9.0)},
    )
    found = of_numbers(numbers_of(evaluation(asked, qrels={"1": {"badges": 1}}, peer="Peer")))
    assert found["splits"]["dev"]["mrr@10"] == 1.0
    assert found["follow_ups"] == {
        "questions": 1,
        "recall@10": {"rewritten": 1.0, "last_turn": 0.0, "in_full": 1.0},
        "share_of_full": 1.0,
    }
    assert list(found["recipes"]) == [OURS, "Peer"]
    assert (found["recipes"]["Peer"]["mrr@10"], found["recipes"]["Peer"]["lead"]) == (0.5, 0.3691)
    assert (found["recipes"]["Peer"]["search_ms"]["p50"], found["recipes"]["Peer"]["ingest_seconds"]) == (9.0, 3.0)
    assert "lead" not in found["recipes"][OURS]
