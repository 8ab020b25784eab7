"""A document comes back as it was, and nothing else is taken for one."""

import json
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reader import read
from ingest.wire import packed, reason_in, unpacked
from retrieval.document import Block, Document, Facts, Section

FACTS = Facts(("DE", "PT"), date(2026, 1, 1), date(2027, 3, 31), ("Old plan", "plans/older.md"), "group:pay")
TABLE = Section(("Pay", "Bands"), (Block("Band | Pay"), Block("5 | 50", "Band | Pay", "#bands", joined=True)))
DOCUMENT = Document("Pay – überall 🌍", (Section((), (Block("First."),)), TABLE), FACTS)


def changed(*place: int, value: Any) -> bytes:
    """The document with another value at one place of its JSON."""
    whole = inner = json.loads(packed(DOCUMENT))
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return json.dumps(whole).encode()


TITLE, COUNTRY, BEGINS, LEAD, SECTION, HEADING, BLOCK = (
    (0,),
    (1, 0, 0),
    (1, 1),
    (2, 1),
    (3, 1),
    (3, 1, 0, 0),
    (3, 1, 1, 1),
)
TEXT, LEAD_NUMBER, ANCHOR, JOINED = ((*BLOCK, field) for field in range(4))


def test_a_document_comes_back_as_it_was() -> None:
    assert unpacked(packed(DOCUMENT)) == DOCUMENT
    assert unpacked(packed(Document("Bare", (TABLE,)))) == Document("Bare", (TABLE,))


def test_no_field_is_forgotten() -> None:
    """One that is new must be in the document above, and then it must be sent."""
    filled = (DOCUMENT, FACTS, TABLE, TABLE.blocks[1])
    assert [field.name for one in filled for field in fields(one) if not getattr(one, field.name)] == []


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_what_a_reader_made_comes_back_as_it_was(name: str) -> None:
    text = "# Leave\n\nValid until 31 March 2027.\n\n- one <b>x</b> [1]\n- two\n\n| a | b |\n|---|---|\n| [c](http://d)"
    document = read(text.encode(), name)
    assert unpacked(packed(document)) == document


def test_a_header_row_that_all_rows_repeat_is_sent_once() -> None:
    rows = tuple(Block(str(number), "wide header " * 100) for number in range(1000))
    assert len(packed(Document("Table", (Section((), rows),)))) < 30_000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        packed(DOCUMENT)[:-1],
        changed(*TITLE, value=5),
        changed(*TITLE, value=["a", "b"]),
        changed(*COUNTRY, value="<b>"),
        changed(*BEGINS, value="tomorrow"),
        changed(*BEGINS, value=1e999),
        changed(*LEAD, value=None),
        changed(*SECTION, value=[["Pay"]]),
        changed(*HEADING, value={"a": 1}),
        changed(*BLOCK, value=["text", 0, ""]),
        changed(*TEXT, value=None),
        changed(*LEAD_NUMBER, value=7),
        changed(*LEAD_NUMBER, value="0"),
        changed(*ANCHOR, value=5),
        changed(*JOINED, value="yes"),
    ],
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no document"):
        unpacked(data)


@pytest.mark.parametrize("anchor", ["https://evil.example/", "javascript:alert(1)", "#a\nb"])
def test_an_anchor_that_leads_out_of_the_document_is_left_out(anchor: str) -> None:
    changed_block = unpacked(changed(*ANCHOR, value=anchor)).sections[1].blocks[1]
    assert changed_block == Block("5 | 50", "Band | Pay", "", joined=True)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
    )
)
def test_no_json_gives_anything_but_a_document_or_a_refusal(value: object) -> None:
    for data in (json.dumps(value).encode(), changed(*BLOCK, value=value), changed(*SECTION, value=value)):
        try:
            assert isinstance(unpacked(data), Document)
        except ValueError as exc:
            assert str(exc).startswith("no document (")  # noqa: PT017 - both are fine, anything else is not


def test_text_that_a_reader_would_not_give_is_made_harmless() -> None:
    for place in (TITLE, LEAD, HEADING, TEXT):
        assert "<img" not in packed(unpacked(changed(*place, value="a <img src=x> [9] b"))).decode()
        assert "a (9) b" in packed(unpacked(changed(*place, value="a <img src=x> [9] b"))).decode().replace("  ", " ")


def test_a_reason_is_short_and_harmless() -> None:
    assert reason_in(b"it is \x1b[31mred\n <img src=x>" + b"!" * 1000) == ("it is [31mred " + "!" * 1000)[:300]
    assert reason_in(b"\x00") == "it gives no reason"
