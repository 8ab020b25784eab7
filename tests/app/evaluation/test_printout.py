"""Numbers as rows of words, and how the terminal shows them."""

from dataclasses import replace

import pytest

from app.evaluate import Ranked
from app.evaluation.numbers import Numbers, numbers_of
from app.evaluation.printout import AGAINST_COSINE, COMPARISON, THRESHOLDS, TIMES, Table, tables
from app.terminal import StepBar, show_numbers
from ingest.report import Report
from tests.app.evaluation.evaluations import evaluation, follow_up, query, refused, result

QRELS = {"1": {"leave": 1}, "2": {"badges": 1}}


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    """Of two answerable questions, the second a follow-up that the peer finds worse, and one unanswerable."""
    worded = {"last turn": Ranked(("leave",)), "in full": Ranked(("badges",))}
    results = (
        replace(result(query("1", category="direct", split="dev"), "leave"), peers={"Peer": Ranked(("leave",), 9.0)}),
        replace(result(follow_up("2"), "badges"), phrasings=worded, peers={"Peer": Ranked(("leave", "badges"), 9.0)}),
        replace(
            result(query("3", answerable=False), "leave", outcome=refused(), sureness=0.1), peers={"Peer": Ranked(())}
        ),
    )
    return numbers_of(evaluation(*results, qrels=QRELS, peer="Peer"))


@pytest.fixture(scope="module")
def shown(numbers: Numbers) -> dict[str, Table]:
    return {table.title: table for table in tables(numbers)}


def test_each_part_that_the_set_has_numbers_for_is_a_table(shown: dict[str, Table]) -> None:
    assert list(shown) == [
        "3 questions to 3 documents in 4 chunks",
        COMPARISON,
        "Frontdesk's lead, and the time it takes",
        "By half of the set",
        "By category",
        "Follow-up questions: 1",
        THRESHOLDS,
        AGAINST_COSINE,
        "Citations, checked in every answer",
        TIMES,
    ]


def test_a_set_without_them_has_fewer() -> None:
    bare = numbers_of(evaluation(result(query("1", answerable=None), "leave"), qrels={}))
    assert [table.title for table in tables(bare)] == [
        "1 questions to 3 documents in 4 chunks",
        "Citations, checked in every answer",
        TIMES,
    ]


def test_every_row_has_a_cell_under_each_heading(shown: dict[str, Table]) -> None:
    for table in shown.values():
        assert {len(row) for row in table.rows} == {len(table.headings)}


def test_a_mean_stands_with_its_interval(shown: dict[str, Table]) -> None:
    rows = {row[0]: row[1] for row in shown["3 questions to 3 documents in 4 chunks"].rows}
    assert rows["MRR@10"] == "1.000 (0.158 to 1.000)"  # 0.025 ** (1 / 2)
    assert rows["Wrong answers, of unanswerable questions"] == "0.000 (0.000 to 0.975)"


def test_what_does_not_apply_is_a_dash(shown: dict[str, Table]) -> None:
    (direct,) = shown["By category"].rows
    assert direct == ("direct", "1", "1.000", "1.000", "–", "–", "0.000", "–")


def test_the_comparison_names_the_best_peer_and_whether_the_lead_is_certain(shown: dict[str, Table]) -> None:
    # nDCG@10 of the peer is 1 and 0.631: a lead of 0 and 0.369.
    assert shown[COMPARISON].note.endswith(
        "The best of the others is Peer: Frontdesk's lead over it in nDCG@10 is 0.185 (0.000 to 0.369), "
        "which may be chance."
    )


def test_a_comparison_that_nobody_judged_has_no_best() -> None:
    asked = replace(result(query("1"), "leave"), peers={"Peer": Ranked(("leave",), 9.0)})
    found = {table.title: table for table in tables(numbers_of(evaluation(asked, qrels={}, peer="Peer")))}
    assert found[COMPARISON].note.endswith("Frontdesk. ")
    assert found[COMPARISON].rows[1] == ("Peer", "–", "–", "–", "–", "–")


def test_the_present_threshold_is_marked(shown: dict[str, Table]) -> None:
    assert [row[0] for row in shown[THRESHOLDS].rows][4:7] == ["0.4", "0.5 (now)", "0.6"]


def test_the_terminal_shows_every_table(
    numbers: Numbers, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    show_numbers(numbers)
    out = capsys.readouterr().out
    assert [table.title for table in tables(numbers) if table.title not in out] == []
    assert "which may be chance." in out


def test_brackets_in_a_name_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    asked = query("1", category="[red]pay[/red]")
    show_numbers(numbers_of(evaluation(result(asked, "leave"), qrels={})))
    assert "[red]pay[/red]" in capsys.readouterr().out


def test_the_bar_says_what_is_being_done(capsys: pytest.CaptureFixture[str]) -> None:
    with StepBar() as bar:
        bar.at(Report(added=1), 2)
        bar.step("Asking", 2, 2)
    assert "Asking" in capsys.readouterr().err
