"""What every Reader does. A new format is added to `SAMPLES`, with one small document of the same content."""

import random
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import reader
from retrieval.document import NO_FACTS, Document, Facts
from retrieval.errors import Unreadable

SAMPLES = {
    "a.md": b"# Jury duty\n\nPaid in full.\n\n## Documents\n\n- the letter\n- a <b>pass</b>port\n",
    "a.html": b"<h1>Jury duty</h1><p>Paid in full.</p><h2>Documents</h2><ul><li>the letter<li>a passport</ul>",
    "a.txt": b"Jury duty\n=========\n\nPaid in full.\n\nDocuments\n---------\n\n- the letter\n- a passport\n",
}
ALIASES = {".markdown": "a.md", ".htm": "a.html", ".text": "a.txt"}
MARKUP = {
    "a.md": b"# T\n\nSee <script>alert(1)</script> and [x](http://e.example) ![y](http://e.example/p.png)\n\nEnd",
    "a.html": b"<h1>T</h1><p>See &lt;script&gt;alert(1)&lt;/script&gt; and [x](http://e.example) ![y](http://e.x)</p>End",
    "a.txt": b"T\n===\n\nSee <script>alert(1)</script> and [x](http://e.example) ![y](http://e.example/p.png)\n\nEnd",
}
NESTED = {
    "a.md": b"> " * 3000 + b"deep\n\n" + b"- " * 3000 + b"deep\n\n" + b"[" * 3000 + b"\n\n" + b"*a " * 3000,
    "a.html": b"<div>" * 20_000 + b"deep" + b"</div>" * 20_000,
    "a.txt": b"(" * 20_000 + b"deep" + b"- " * 20_000,
}


def test_every_known_ending_is_in_this_suite() -> None:
    assert set(reader.READERS) == {reader.suffix_of(name) for name in SAMPLES} | set(ALIASES)


@pytest.fixture(params=SAMPLES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def texts(document: Document) -> list[str]:
    return [block.text for section in document.sections for block in section.blocks]


def test_title_headings_and_blocks_are_read(name: str) -> None:
    document = reader.read(SAMPLES[name], name)
    assert document.title == "Jury duty"
    assert [section.heading_path for section in document.sections] == [(), ("Documents",)]
    assert texts(document) == ["Paid in full.", "- the letter", "- a passport"]


@pytest.mark.parametrize("ending", ALIASES)
def test_both_endings_of_a_format_read_the_same(ending: str) -> None:
    sample = SAMPLES[ALIASES[ending]]
    assert reader.read(sample, f"A{ending.upper()}") == reader.read(sample, ALIASES[ending])


def test_what_a_document_says_about_itself_in_its_text_is_found(name: str) -> None:
    data = SAMPLES[name].replace(b"Paid in full.", b"Effective 1 March 2026. Paid in full.")
    found = reader.read(data.replace(b"Jury duty", b"Jury duty (Portugal)"), f"countries/{name}")
    assert found.facts == Facts(("PT",), date(2026, 3, 1))


def test_a_document_that_says_nothing_about_itself_has_no_facts(name: str) -> None:
    assert reader.read(SAMPLES[name], name).facts == NO_FACTS


def test_reading_twice_gives_the_same(name: str) -> None:
    assert reader.read(SAMPLES[name], name) == reader.read(SAMPLES[name], name)


@pytest.mark.parametrize("data", [b"", b" \n\t\n ", b"\xef\xbb\xbf"], ids=["nothing", "white space", "a mark"])
def test_an_input_without_text_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable, match="there is no text in it"):
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
    text = " ".join(texts(reader.read(MARKUP[name], name)))
    assert not re.search(r"</?script|\]\(|!\[", text)
    assert (text.startswith("See "), text.endswith("End"), "x" in text, "y" in text) == (True, True, True, True)


def test_invisible_characters_do_not_come_out(name: str) -> None:
    data = SAMPLES[name].replace(b"Paid", "P\u200ba\u202eid".encode())
    assert texts(reader.read(data, name))[0] == "Paid in full."


def test_a_file_over_the_limit_is_refused(name: str) -> None:
    with pytest.raises(Unreadable, match="the file has 32 MiB, the limit is 32 MiB"):
        reader.read(b"x" * (reader.LARGEST + 1), name)
