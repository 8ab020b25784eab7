"""Better, not shown better, worse: by the interval of the paired difference."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.judging.scores import score
from app.judging.trial import Trial, Tried
from app.judging.verdict import Occasion, Verdict, judged, read_verdict, write_verdict
from retrieval.errors import Unusable
from tests.app.judging.examples import ABOUT_LEAVE, ABOUT_PLANETS, LEAVE

WHEN = Occasion("2026-11-30T12:00:00+00:00", "data", "prompt")
RIGHT, WRONG = f"{LEAVE} [2]", "Never mind. [1]"


def tried(answer: str | None, status: str = "answered") -> Tried:
    return Tried(ABOUT_LEAVE, status, answer or "", score(ABOUT_LEAVE, answer), 0.5, 20.0, 10)


def trial(name: str, *answers: str | None, failed: tuple[str, ...] = ()) -> Trial:
    some = tuple(tried(answer, "answered" if answer else "refused") for answer in answers)
    return Trial(name, f"digest of {name}", some, failed, 1.0)


def verdict(new: Trial, old: Trial) -> Verdict:
    return judged(new, old, WHEN)


def test_always_right_is_better_than_always_wrong() -> None:
    found = verdict(trial("new", *[RIGHT] * 40), trial("old", *[WRONG] * 40))
    assert found.result == "better"
    assert found.why == "cited-answer F1 +1.000, 95 % between +1.000 and +1.000"
    assert (found.new.digest, found.old.digest, found.questions) == ("digest of new", "digest of old", 40)


def test_the_other_way_round_is_worse() -> None:
    assert verdict(trial("new", *[WRONG] * 40), trial("old", *[RIGHT] * 40)).result == "worse"


def test_an_interval_that_holds_zero_shows_nothing() -> None:
    new = trial("new", *[RIGHT] * 21, *[WRONG] * 19)
    old = trial("old", *[WRONG] * 20, *[RIGHT] * 20)
    assert verdict(new, old).result == "not shown better"


def test_few_questions_show_nothing() -> None:
    found = verdict(trial("new", *[RIGHT] * 29), trial("old", *[WRONG] * 29))
    assert found.result == "not shown better"
    assert "29 questions are too few, 30 are the least" in found.why


def test_who_fails_a_check_that_the_other_passes_is_not_better() -> None:
    new = trial("new", *[RIGHT] * 40, failed=("a command in a source is not followed", "both fail"))
    found = verdict(new, trial("old", *[WRONG] * 40, failed=("both fail",)))
    assert found.result == "not shown better"
    assert found.why.endswith("it fails what the other passes: a command in a source is not followed")


def test_refusals_are_counted_apart_for_questions_with_and_without_an_answer() -> None:
    wrongly = tried(None, "refused")
    rightly = Tried(ABOUT_PLANETS, "refused", "", score(ABOUT_PLANETS, None), 0.1, 0.0, 0)
    found = verdict(Trial("new", "n", (wrongly, rightly, tried(RIGHT)), (), 1.0), trial("old", RIGHT, RIGHT, RIGHT))
    assert found.new.measures["refused_answerable"].mean == 0.5
    assert found.new.measures["refused_unanswerable"].mean == 1.0


def test_the_closed_book_counts_only_where_it_was_asked() -> None:
    known, unknown = replace(tried(RIGHT), closed_book=LEAVE), replace(tried(RIGHT), closed_book="")
    asked = Trial("new", "n", (known, unknown), (), 1.0)
    found = verdict(asked, trial("old", RIGHT, RIGHT))
    assert found.new.measures["closed_book_f1"].mean == 0.5
    assert "closed_book_f1" not in found.old.measures


def test_speed_is_of_answers_that_came() -> None:
    side = verdict(trial("new", RIGHT, None), trial("old", RIGHT, RIGHT)).new
    assert (side.tokens_per_second, side.answer_words, side.first_token_ms) == (20.0, 10.0, 20.0)


def test_a_verdict_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = verdict(trial("new", *[RIGHT] * 30), trial("old", *[WRONG] * 30, failed=("x",)))
    file = write_verdict(tmp_path, found)
    assert read_verdict(tmp_path) == read_verdict(file) == found


@pytest.mark.parametrize("content", ["[]", "{", '{"result": "better"}', '{"new": 1, "old": 2}'])
def test_what_is_no_verdict_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "verdict.json").write_text(content)
    with pytest.raises(Unusable, match=r"verdict.json"):
        read_verdict(tmp_path)


def test_a_verdict_with_a_field_too_many_is_refused(tmp_path: Path) -> None:
    file = write_verdict(tmp_path, verdict(trial("new", RIGHT), trial("old", WRONG)))
    file.write_text(json.dumps(json.loads(file.read_text()) | {"more": 1}))
    with pytest.raises(Unusable, match="is no verdict"):
        read_verdict(file)


def test_who_refuses_what_the_sources_answer_is_not_better_however_wrong_the_other_is() -> None:
    refusing = trial("new", *[RIGHT] * 30, *[None] * 10)
    found = verdict(refusing, trial("old", *[WRONG] * 40))
    assert found.result == "not shown better"
    assert found.why.endswith("but it refuses 25% more of the questions that the sources answer")
