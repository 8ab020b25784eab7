"""What every Reader does. A new format is added to `SAMPLES` in `samples.py`."""

import random
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import reader
from retrieval.document import NO_FACTS, Document, Facts
from retrieval.errors import Unreadable
from tests.contracts.samples import ALIASES, HEADING, ITEMS, NESTED, SAMPLES, TABLES

MARKUP = "See <script>alert(1)</script> and [x](http://e.example) ![y](http://e.example/p.png) End"


def test_every_known_ending_is_in_this_suite() -> None:
    assert set(reader.READERS) == {reader.suffix_of(name) for name in SAMPLES} | set(ALIASES)


@pytest.fixture(params=SAMPLES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def sample(name: str, sentence: str = "Paid in full.", title: str = "Jury duty") -> bytes:
    return SAMPLES[name](title, sentence)


def texts(document: Document) -> list[str]:
    return [block.text for section in document.sections for block in section.blocks]


def test_title_headings_and_blocks_are_read(name: str) -> None:
    document = reader.read(sample(name), name)
    assert document.title == "Jury duty"
    headings = [()] if name in TABLES else [(), (HEADING,)]
    assert [section.heading_path for section in document.sections] == headings
    assert texts(document) == ["Paid in full.", *ITEMS]


@pytest.mark.parametrize("ending", ALIASES)
def test_both_endings_of_a_format_read_the_same(ending: str) -> None:
    data = sample(ALIASES[ending])
    assert reader.read(data, f"A{ending.upper()}") == reader.read(data, ALIASES[ending])


def test_what_a_document_says_about_itself_in_its_text_is_found(name: str) -> None:
    data = sample(name, "Effective 1 March 2026. Paid in full.", "Jury duty (Portugal)")
    path = f"countries/portugal/{name}" if name in TABLES else f"countries/{name}"
    assert reader.read(data, path).facts == Facts(("PT",), date(2026, 3, 1))


def test_a_document_that_says_nothing_about_itself_has_no_facts(name: str) -> None:
    assert reader.read(sample(name), name).facts == NO_FACTS


def test_reading_twice_gives_the_same(name: str) -> None:
    assert reader.read(sample(name), name) == reader.read(sample(name), name)


@pytest.mark.parametrize("data", [b"", b" \n\t\n ", b"\xef\xbb\xbf"], ids=["nothing", "white space", "a mark"])
def test_an_input_without_text_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable, match="there is no text in it|it is damaged"):
        reader.read(data, name)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_garbage_is_read_or_refused_and_nothing_else(name: str, seed: int) -> None:
    try:
        document = reader.read(random.Random(seed).randbytes(3000), name)
    except Unreadable:
        return
    assert document.characters > 0


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=200), name=st.sampled_from(sorted(SAMPLES)))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes, name: str) -> None:
    try:
        document = reader.read(data, name)
    except Unreadable:
        return
    assert document.characters > 0


def test_huge_nesting_is_read_or_refused_and_nothing_else(name: str) -> None:
    try:
        document = reader.read(NESTED[name], name)
    except Unreadable:
        return
    assert "deep" in " ".join(texts(document))


def test_no_raw_markup_comes_out(name: str) -> None:
    text = texts(reader.read(sample(name, MARKUP), name))[0]
    assert not re.search(r"</?script|\]\(|!\[", text)
    assert (text.startswith("See "), text.endswith("End"), "x" in text, "y" in text) == (True, True, True, True)


def test_invisible_characters_do_not_come_out(name: str) -> None:
    assert texts(reader.read(sample(name, "P\u200ba\u202eid in full."), name))[0] == "Paid in full."


def test_a_file_over_the_limit_is_refused(name: str) -> None:
    with pytest.raises(Unreadable, match="the file has 32 MiB, the limit is 32 MiB"):
        reader.read(b"x" * (reader.LARGEST + 1), name)
