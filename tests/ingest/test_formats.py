"""The same document in every format that we can write: what it says arrives in the chunks."""

from functools import cache

import pytest

from ingest.chunking import split
from ingest.reader import read
from retrieval.chunk import Chunk
from retrieval.document import Document
from retrieval.plain import folded
from tests.ingest import formats

READS = 256  # words


@cache
def document(ending: str) -> Document:
    return read(formats.FORMATS[ending](), f"working-hours{ending}")


@cache
def chunks(ending: str) -> tuple[Chunk, ...]:
    return tuple(split(document(ending), "working-hours", lambda text: len(text.split()), READS))


@pytest.fixture(params=formats.FORMATS)
def ending(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_invented_document_is_large_enough() -> None:
    assert len(formats.sentences()) == 60
    assert len(set(formats.sentences())) == 60


def test_at_least_95_of_100_sentences_are_in_the_chunks(ending: str) -> None:
    texts = [folded(chunk.text) for chunk in chunks(ending)]
    missing = [sentence for sentence in formats.sentences() if not any(sentence in text for text in texts)]
    assert len(missing) <= 0.05 * len(formats.sentences()), missing


def test_the_title_is_read(ending: str) -> None:
    assert document(ending).title == formats.TITLE


def test_headings_survive_in_their_order(ending: str) -> None:
    seen = [heading for chunk in chunks(ending) for heading in chunk.heading_path]
    assert list(dict.fromkeys(seen)) == formats.headings()


@pytest.mark.parametrize("ending", [ending for ending in formats.FORMATS if ending != ".pptx"])
def test_a_heading_of_level_3_stands_below_that_of_level_2(ending: str) -> None:
    """Slides have one level of titles."""
    assert ("Illness", "Returning step by step") in {chunk.heading_path for chunk in chunks(ending)}


@pytest.mark.parametrize("table", formats.tables(), ids=["with accents", "of occasions"])
def test_each_table_row_is_led_by_the_header(ending: str, table: formats.Table) -> None:
    blocks = [block for section in document(ending).sections for block in section.blocks]
    header, *rows = [" | ".join(row) for row in table.rows]
    assert [block.lead for block in blocks if block.text in rows] == [header] * len(rows)
    assert header in [block.text for block in blocks]


def test_list_items_stay_apart(ending: str) -> None:
    lines = [line.removeprefix("- ") for chunk in chunks(ending) for line in chunk.text.split("\n")]
    items = [text for part in formats.PARTS if isinstance(part, formats.Items) for text in part.texts]
    assert [line for line in lines if line in items] == items


def test_a_quote_from_a_pdf_opens_its_page() -> None:
    opened = {}
    for chunk in chunks(".pdf"):
        for sentence in formats.sentences():
            if sentence in chunk.text:
                opened[sentence] = chunk.anchor_at(chunk.text.index(sentence))
    first, second, third = (
        "Everyone has at least twenty-eight days of annual leave.",
        "A second sabbatical is possible seven years after the first one has ended.",
        "Nobody has to give a diagnosis to a supervisor.",
    )
    assert [opened[first], opened[second], opened[third]] == ["#page=1", "#page=2", "#page=3"]


def test_what_repeats_on_every_page_of_a_pdf_is_left_out() -> None:
    text = " ".join(chunk.embedded_text for chunk in chunks(".pdf"))
    assert formats.RUNNING_HEAD not in text
    assert "Page" not in text
