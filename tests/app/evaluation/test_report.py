"""The page: self-contained, safe with any text, and complete."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.evaluate import Evaluation, Ranked
from app.evaluation.numbers import numbers_of
from app.evaluation.printout import tables
from app.evaluation.report import page, write_report
from retrieval.errors import Unusable
from tests.app.evaluation.evaluations import evaluation, query, refused, result

pytestmark = pytest.mark.heavy

DAY = date(2026, 11, 21)
HOSTILE = "<script>alert(1)</script> & <img src=https://evil.example/x.png>"


class Elements(HTMLParser):
    """Tags, addresses and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "srcset", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def found() -> Evaluation:
    """One question that goes well, one that is answered wrongly and holds markup."""
    hostile = replace(query("2", answerable=False, category=HOSTILE), text=HOSTILE, why=HOSTILE)
    return evaluation(
        replace(result(query("1"), "leave"), peers={"Peer": Ranked(("badges", "leave"), 9.0)}),
        replace(result(hostile, "badges", sureness=0.7), peers={"Peer": Ranked(("badges",), 9.0)}),
        qrels={"1": {"leave": 1}},
        peer="Peer",
    )


def test_the_page_asks_nobody_for_anything(found: Evaluation) -> None:
    elements = Elements(page(found, numbers_of(found), DAY))
    assert {address[:22] for address in elements.addresses} == {"data:image/png;base64,"}
    assert elements.tags & {"script", "link", "iframe"} == set()
    assert len(elements.addresses) == 2 * 4  # four plots, each for light and for dark


def test_text_of_the_set_is_text(found: Evaluation) -> None:
    text = page(found, numbers_of(found), DAY)
    assert "<script" not in text
    assert "evil.example" not in "".join(Elements(text).addresses)
    assert Elements(text).text.count(HOSTILE) == 3  # the question, the reason, the category


def test_every_table_and_the_mistakes_are_on_the_page(found: Evaluation) -> None:
    numbers = numbers_of(found)
    text = Elements(page(found, numbers, DAY)).text
    assert [table.title for table in tables(numbers) if table.title not in text] == []
    assert "Frontdesk evaluation: office" in text
    assert "measured on 2026-11-21" in text
    assert "Answered although the documents do not say 1 in all" in text


def test_no_placeholder_is_left(found: Evaluation) -> None:
    assert re.findall(r"\$[a-z]+", page(found, numbers_of(found), DAY)) == []


def test_only_the_worst_of_many_mistakes_are_listed() -> None:
    many = [result(query(f"{number}"), "leave", outcome=refused(), sureness=0.1) for number in range(12)]
    found = evaluation(*many, qrels={f"{number}": {"leave": 1} for number in range(12)})
    text = Elements(page(found, numbers_of(found), DAY)).text
    assert "the worst 8 of 12" in text
    assert text.count("Expected") == 8


def test_a_set_that_only_ranks_has_a_page_too() -> None:
    found = evaluation(result(query("1", answerable=None), "leave"), qrels={"1": {"leave": 1}})
    assert "False refusals" not in Elements(page(found, numbers_of(found), DAY)).text


def test_the_page_and_the_curve_are_written(found: Evaluation, tmp_path: Path) -> None:
    written = write_report(tmp_path / "report.html", found, numbers_of(found), DAY)
    assert [path.name for path in written] == ["report.html", "report.risk-coverage.png"]
    assert written[0].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert written[1].read_bytes().startswith(b"\x89PNG")


def test_a_page_that_cannot_be_written_says_so(found: Evaluation, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be written"):
        write_report(tmp_path / "nowhere" / "report.html", found, numbers_of(found), DAY)
