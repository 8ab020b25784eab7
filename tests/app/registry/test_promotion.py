"""A version answers when a verdict shows that it is better than the one that does, or for a reason that is kept."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.evaluation.measures import Estimate
from app.judging.verdict import Side, Verdict, write_verdict
from app.registry.promotion import promote, roll_back, verdicts_in
from app.registry.shelf import Shelf
from app.registry.version import Version
from retrieval.errors import Unusable
from tests.app.registry.versions import two_versions


def side(name: str, digest: str) -> Side:
    return Side(name, digest, {}, 10.0, 20.0, 30.0, 1.0, ())


def verdict(version: Version, against: str, result: str = "better", at: str = "2026-11-30") -> Verdict:
    better = {"cited_f1": Estimate(0.2, 0.1, 0.3)}
    new, old = side(version.ref, version.digest), side("old", against)
    return Verdict(result, "cited-answer F1 +0.2", at, 300, "data", version.prompt.digest, new, old, better)


def test_a_verdict_against_what_answers_lets_a_version_answer(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    entry = promote(shelf, first, [verdict(first, "quoting")])
    assert (entry.version, entry.before, entry.why) == (
        "hr/1",
        "",
        "better than quoting: cited-answer F1 +0.2 (300 questions)",
    )
    assert entry.who
    entry = promote(shelf, second, [verdict(second, first.digest)])
    assert (entry.before, shelf.promoted()) == ("hr/1", "hr/2")


def test_without_a_verdict_it_does_not(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    with pytest.raises(Unusable, match="No verdict compares hr/1 with quoting, which answers now. Make one with"):
        promote(shelf, first, [])
    assert shelf.history.entries() == []


@pytest.mark.parametrize("result", ["not shown better", "worse"])
def test_a_verdict_that_shows_nothing_is_not_enough(tmp_path: Path, result: str) -> None:
    shelf, first, _ = two_versions(tmp_path)
    with pytest.raises(Unusable, match=f"hr/1 is {result} than quoting"):
        promote(shelf, first, [verdict(first, "quoting", result)])


def test_the_newest_verdict_counts(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    with pytest.raises(Unusable, match="is worse"):
        promote(shelf, first, [verdict(first, "quoting", "worse", "2026-12-02"), verdict(first, "quoting")])


def test_a_verdict_of_another_version_another_prompt_or_another_opponent_does_not_count(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    others = [
        verdict(second, "quoting"),
        replace(verdict(first, "quoting"), prompt="another"),
        verdict(first, second.digest),
    ]
    with pytest.raises(Unusable, match="No verdict compares hr/1 with quoting"):
        promote(shelf, first, others)


def test_a_reason_does_it_too_and_is_kept(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    entry = promote(shelf, first, [], "the old one is withdrawn")
    assert entry.why == "without a verdict: the old one is withdrawn"
    assert shelf.history.entries() == [entry]
    with pytest.raises(Unusable, match="No verdict"):
        promote(shelf, shelf.version("hr/2"), [], "   ")


def test_what_is_promoted_is_not_promoted_again(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    promote(shelf, first, [], "so")
    with pytest.raises(Unusable, match="hr/1 is promoted already"):
        promote(shelf, first, [], "so")


def test_a_damaged_version_is_not_promoted(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    (shelf.place(first) / "model" / "config.json").unlink()
    with pytest.raises(Unusable, match="config.json is missing"):
        promote(shelf, first, [], "so")
    assert shelf.promoted() == ""


def test_a_rollback_goes_one_back_each_time_and_ends_at_quoting(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    promote(shelf, first, [], "so")
    promote(shelf, second, [], "so")
    assert (roll_back(shelf, "bad").version, shelf.promoted()) == ("hr/2", "hr/1")
    assert (roll_back(shelf, "").version, shelf.promoted()) == ("hr/1", "")
    with pytest.raises(Unusable, match="No version is promoted: quoting answers"):
        roll_back(shelf, "")


def test_of_two_promotions_at_once_against_the_same_version_one_is_refused(tmp_path: Path) -> None:
    # Both were judged against quoting; after the first one quoting does not answer any more.
    shelf, first, second = two_versions(tmp_path)
    refused: list[str] = []

    def go(version: Version) -> None:
        try:
            promote(Shelf(shelf.folder), version, [verdict(version, "quoting")])
        except Unusable as exc:
            refused.append(str(exc))

    threads = [threading.Thread(target=go, args=(version,)) for version in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shelf.history.entries()) == 1
    assert "No verdict compares" in refused[0]


def test_verdicts_are_found_in_a_file_a_folder_and_among_many(tmp_path: Path) -> None:
    _, first, _ = two_versions(tmp_path)
    for name in ("a", "b"):
        (tmp_path / "verdicts" / name).mkdir(parents=True)
        file = write_verdict(tmp_path / "verdicts" / name, verdict(first, name))
    (tmp_path / "verdicts" / "c").mkdir()
    (tmp_path / "verdicts" / "c" / "verdict.json").write_text("{")
    assert [one.old.digest for one in verdicts_in(tmp_path / "verdicts")] == ["a", "b"]
    assert verdicts_in(file) == verdicts_in(file.parent)
    with pytest.raises(Unusable):
        verdicts_in(tmp_path / "verdicts" / "c")
    assert verdicts_in(tmp_path / "nowhere") == []
