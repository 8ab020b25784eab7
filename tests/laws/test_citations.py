"""Law 5: a number opens the passage that was given under it, a quote is verbatim, invented numbers are dropped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import example, given
from hypothesis import strategies as st

from app.access import NOBODY
from app.answerer import Answering, Piece, Size
from app.bootstrap import Home
from app.events import AnswerEvent, Done, Found, Refused
from app.grounding import cited, grounded
from app.question import Question
from app.quoting import QuotingAnswerer
from ingest import reader
from ingest.chunking import split
from retrieval.budget import TokenUse
from retrieval.ledger import lookup
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from tests.laws.corpus import MANY, QUESTIONS
from tests.passages import passage
from tests.word_embedder import WordEmbedder

PIECES = (
    *(
        "Annual",
        "leave",
        "is",
        "25",
        "days.",
        "Ask",
        "Meadow!",
        "badge",
        "Days:",
        "Really?",
        "- one",
        "- two",
        "1. first",
    ),
    *("Office | Days", "Leeds | 27", "é", "漢字。", "e.g.", "[2]", "[9]"),
)
BREAKS = (" ", " ", "\n", "\n\n", "  ", " | ", "\u2028", "\x0c", "\t")
TEXT = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(BREAKS)), min_size=1, max_size=16).map(
    lambda parts: "".join(piece + end for piece, end in parts).strip()
)
MARKS = st.one_of(
    st.sampled_from(
        ("[1]", "[2]", "[9]", "[0]", "[01]", "[1, 9]", "[1;2]", "[١]", "[-1]", "[[1]]", "[1][2]", "[1", "2]")
    ),
    st.integers(0, 10**30).map(lambda number: f"[{number}]"),
)
WRITTEN = st.lists(
    st.one_of(MARKS, st.sampled_from(("Leave is booked", "in Meadow.", " ", "\n", "Ask."))), max_size=12
).map(" ".join)


@dataclass(frozen=True)
class Model:
    """Says what it was made to say, checked as every model's text is."""

    text: str
    name: str = "model"

    def check(self, question: str) -> Size:
        """Take every question."""
        return Size(len(question), 1000, "characters")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        pieces = (Piece(text) for text in grounded([self.text], passages))
        return Answering(tuple(passages), TokenUse(), pieces)


def opened(home: Home, done: Done, found: Found) -> list[tuple[bool, bool]]:
    """Of each citation: whether its number is that source, and whether its place in the ledger is its quote."""
    chunks = lookup.find(home.engine, [one.chunk for one in done.citations], NOBODY.scope)
    sources = {source.number: source for source in found.sources}
    return [
        (
            sources[one.number].uri == one.uri and one.quote in sources[one.number].text,
            chunks[one.chunk].chunk.text[one.start : one.end] == one.quote != "",
        )
        for one in done.citations
    ]


def asked(home: Home, question: str, *models: Model) -> tuple[Found, AnswerEvent]:
    answerers = {model.name: model for model in models} or home.desk.answerers
    found, *_, last = replace(home.desk, threshold=0.0, answerers=answerers).ask(Question(question, NOBODY))
    assert isinstance(found, Found)
    return found, last


@MANY
@given(
    texts=st.lists(st.lists(TEXT, min_size=1, max_size=3), min_size=1, max_size=3), question=st.one_of(QUESTIONS, TEXT)
)
@example(texts=[["Days:", "- one\n- two"], ["Days:\n- one\n- two"]], question="Days")
def test_a_quote_is_verbatim_and_lies_in_one_chunk(little_office: Home, texts: list[list[str]], question: str) -> None:
    given_ = [passage(number, *chunks, title=f"T{number}") for number, chunks in enumerate(texts, start=1)]
    numbered = {one.number: one for one in given_}
    pieces = QuotingAnswerer(little_office.retriever).begin(question, question, given_, []).pieces
    for quote, text in ((piece.quote, piece.text) for piece in pieces if piece.quote):
        place = numbered[quote.number].place(quote.start, quote.end)
        assert text == numbered[quote.number].text[quote.start : quote.end] == place.chunk.text[place.start : place.end]
        assert text.strip()


@MANY
@given(question=QUESTIONS)
def test_a_citation_opens_its_source_at_the_quote(little_office: Home, question: str) -> None:
    found, last = asked(little_office, question)
    if isinstance(last, Done):
        assert set(opened(little_office, last, found)) <= {(True, True)}


@MANY
@given(question=QUESTIONS, text=WRITTEN)
@example(question="leave", text="Leave is booked in Meadow [01].")
@example(question="leave", text="Leave is booked in Meadow [١].")
@example(question="leave", text="Leave is booked in Meadow [" + "9" * 5_000 + "].")
@example(question="leave", text="Leave is booked in Meadow [" + "1, " * 200 + "1].")
def test_whatever_numbers_a_model_writes_only_given_ones_stay_and_open(
    little_office: Home, question: str, text: str
) -> None:
    found, last = asked(little_office, question, Model(text))
    numbers = {source.number for source in found.sources}
    assert isinstance(last, Done | Refused)
    if isinstance(last, Done):
        assert set(cited(last.answer)) == {one.number for one in last.citations} <= numbers
        assert set(opened(little_office, last, found)) <= {(True, True)}


@MANY
@given(text=TEXT, name=st.sampled_from(("a.md", "a.txt", "a.html")))
def test_a_number_in_brackets_in_a_document_is_no_citation(little_office: Home, text: str, name: str) -> None:
    document = reader.read(f"Days of leave [3]\n\n{text}".encode(), name)
    chunks = split(document, name, WordEmbedder().tokens, 128)
    given_ = [replace(passage(1, "x"), chunks=tuple(chunks), found={chunk.id: 1.0 for chunk in chunks})]
    pieces = QuotingAnswerer(little_office.retriever).begin("days", "days", given_, []).pieces
    assert set(cited("".join(piece.text for piece in pieces))) <= {1}
    assert not re.search(r"\[\d+\]", document.title)
