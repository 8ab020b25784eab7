"""What the terminal shows; brackets in documents are text there, never markup."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from rich.console import Console

from app.events import AnswerEvent, Citation, Done, Failed, Found, Near, Refused, Source, Token, Waits
from app.run_terminal import ProgressBar, show_report
from app.terminal import show_documents, show_event, show_hits, show_near_copies, show_rows
from ingest.report import Report
from retrieval.budget import TokenUse
from retrieval.concern import Concern
from retrieval.document import NO_FACTS, Facts
from retrieval.ledger.documents import Entry
from retrieval.ledger.runs import Failure
from retrieval.near_copies import Copy

SOURCE = Source(1, "a.md", "A", "", "text", 0.9, "c1")
CITED = (
    Citation(1, "a.md", "[red]A[/red]", "x", "#part", "c1", 0, 1),
    Citation(1, "a.md", "[red]A[/red]", "y", "#part", "c1", 2, 3),
    Citation(2, "b.md", "B", "z", "https://slack.example/p1", "c2", 0, 1),
)

ENTRY = Entry("a.md", "s", "[red]A[/red]", "everyone", "", "", "", 1, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def shown(*events: AnswerEvent) -> str:
    out = StringIO()
    console = Console(file=out, width=200)
    for event in events:
        show_event(event, console)
    return out.getvalue()


def done(*citations: Citation, tokens: TokenUse = TokenUse(), conversation: str = "") -> Done:  # noqa: B008
    return Done("27 [1]", citations, tokens, {}, conversation, "quoting")


def test_tokens_are_shown_as_they_are() -> None:
    assert shown(Token("[bold]27[/bold] "), Token("days [1].")) == "[bold]27[/bold] days [1]."


def test_each_source_is_listed_once_with_its_link() -> None:
    assert shown(done(*CITED)).split("\n")[2:] == [
        "[1] [red]A[/red] - a.md#part",
        "[2] B - https://slack.example/p1",
        "",
    ]


def test_an_answer_without_sources_says_so() -> None:
    assert "This answer cites no source. Please check it." in shown(done())


def test_a_clarifying_question_needs_no_source() -> None:
    assert "source" not in shown(replace(done(), model=""))


def test_what_was_left_out_of_the_window_is_shown() -> None:
    text = shown(done(*CITED, tokens=TokenUse(2048, 700, 512, 2, 1)))
    assert "700 + 512 of 2048 tokens, left out: 2 sources, 1 turns" in text


def test_the_way_to_go_on_is_shown() -> None:
    assert "Go on with: frontdesk ask --conversation t1 QUESTION" in shown(done(*CITED, conversation="t1"))


def test_a_refusal_and_a_failure_are_shown() -> None:
    near = (Near("Leave", "handbook/leave.md", "c1"), Near("Travel", "handbook/travel.md", "c2"))
    assert shown(Refused("Our documents do not say.", "", near, TokenUse(), {}, "")) == "Our documents do not say.\n"
    assert shown(Failed("The [model] is busy", "ab12", retryable=True, conversation="")) == (
        "The [model] is busy (error ab12)\n"
    )


def test_who_waits_reads_how_many_come_before() -> None:
    assert shown(Waits(3, "t")) == "Questions before yours: 3 ...\n"


def test_quotes_instead_of_the_models_words_are_told_as_such() -> None:
    assert "The language model llama failed or took too long" in shown(replace(done(*CITED), instead_of="llama"))


def test_the_number_of_sources_is_shown_when_there_are_some() -> None:
    assert (shown(Found("Why?", (SOURCE, SOURCE), "")), shown(Found("Why?", (), ""))) == ("2 sources\n", "")


def test_a_report_lists_some_failures_and_says_how_many_more(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(Report(added=3, failed=[Failure(f"{number}.md", "[broken]") for number in range(23)]))
    text = capsys.readouterr().out
    assert text.count("[broken]") == 20
    assert "... and 3 more; --json lists all" in text


def test_a_report_says_how_fast_it_was_and_whether_the_embedder_had_to_wait(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_report(Report(added=3, chunks_embedded=9, tokens_embedded=12_000, embedding_seconds=3.0, seconds=4.0))
    assert "12,000 tokens embedded, 3,000 a second; the embedder was busy 75% of the time" in capsys.readouterr().out


def test_a_report_of_a_run_that_embedded_nothing_speaks_of_no_speed(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(Report(unchanged=3, seconds=0.1))
    assert "embedder" not in capsys.readouterr().out


def test_empty_lists_say_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    show_documents([])
    show_hits([])
    text = capsys.readouterr().out
    assert "There are no documents yet. Begin with: frontdesk ingest FOLDER" in text
    assert "Nothing was found." in text


def test_a_title_with_brackets_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show_documents([ENTRY])
    show_rows("Title", [("[b]x[/b]", "y")], ("one", "two"))
    text = capsys.readouterr().out
    assert "[red]A[/red]" in text
    assert "[b]x[/b]" in text


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (Facts(("DE", "AT"), date(2026, 1, 1), date(2026, 12, 31)), "DE, AT from 2026-01-01 until 2026-12-31"),
        (Facts(effective_until=date(2025, 12, 31)), "until 2025-12-31"),
        (Facts(("PT",), effective_until=date.min), "PT no longer"),
        (NO_FACTS, ""),
    ],
)
def test_where_and_when_a_document_applies_is_shown(
    facts: Facts, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_documents([replace(ENTRY, facts=facts), ENTRY])
    first, second = capsys.readouterr().out.splitlines()[3:5]
    assert (first.split("│")[6].strip(), second.split("│")[6].strip()) == (shown, "")


def test_what_to_look_at_in_a_document_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    concerns = (Concern("hidden bank account", 2), Concern("speaks to a model", 1, "[red]Ignore[/red]"))
    show_documents([replace(ENTRY, concerns=concerns), ENTRY])
    first, second = capsys.readouterr().out.splitlines()[3:5]
    shown = "hidden bank account (2); speaks to a model: [red]Ignore[/red]"
    assert (first.split("│")[7].strip(), second.split("│")[7].strip()) == (shown, "")


def test_near_copies_are_shown_group_by_group(capsys: pytest.CaptureFixture[str]) -> None:
    show_near_copies(
        [[Copy("[b]a.md", 1.0), Copy("b.md", 1.0), Copy("c.md", 0.876)], [Copy("d.md", 1), Copy("e.md", 0.9)]]
    )
    rows = [line.split("│")[1:3] for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["[b]a.md", ""],
        ["b.md", "identical"],
        ["c.md", "88% the same"],
        ["d.md", ""],
        ["e.md", "90% the same"],
    ]
    show_near_copies([])
    assert "No document is nearly the same" in capsys.readouterr().out


def test_a_uri_is_shown_whole_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    show_documents([replace(ENTRY, uri="handbook/a-very-long-name-of-a-file.md")])
    cells = [line.split("│")[1].strip() for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert "".join(cells) == "handbook/a-very-long-name-of-a-file.md"


def test_progress_is_drawn_on_standard_error_only(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar() as progress:
        progress.at(Report(added=1, chunks_embedded=7), 2)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "1/2 documents, 7 chunks" in captured.err


def test_a_bar_that_fails_leaves_no_half_drawn_line(capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(ZeroDivisionError), ProgressBar() as progress:
        progress.at(Report(added=1), 2)
        raise ZeroDivisionError
    assert "documents" not in capsys.readouterr().err


def test_a_refusal_where_nothing_can_be_read_says_where_to_look() -> None:
    said = shown(Refused("Our documents do not say.", "", (), TokenUse(), {}, ""))
    assert "`frontdesk documents` shows what there is" in said
