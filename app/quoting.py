"""The quoting answerer: the sentences that best support the answer, verbatim and cited. Needs no language model."""

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.answerer import Answering, Piece, Quote
from retrieval.budget import TokenUse
from retrieval.embedder import Embedder, Vectors
from retrieval.errors import QuestionRefused
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from retrieval.sentences import Sentence, sentences

LONGEST_QUESTION = 8_000  # characters
_CANDIDATES = 20  # sentences that are looked at: what one answer may cost
_SHORTEST = 12  # characters of a sentence that can answer anything
_MOST_QUOTES = 3
_CLOSE = 0.1  # a further sentence is quoted when its cosine is this close to the best one's
_REMEMBERED = 20_000  # sentence vectors
_LONGEST_LIST = 12  # lines that are quoted with the sentence before them
_BETWEEN_CELLS = " | "
_ITEM = re.compile(r"(?:[-*•]|\(?\w{1,3}[.)])\s")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of a passage. `header` is the header row of the table that it is a row of."""

    passage: Passage
    sentence: Sentence
    header: Sentence | None
    embedded: str


class QuotingAnswerer:
    """Quotes instead of writing: correct and cited on a machine without weights."""

    name = "quoting"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    def check(self, question: str) -> None:
        """A question has an end."""
        if len(question) > LONGEST_QUESTION:
            raise QuestionRefused(
                f"The question has {len(question):,} characters; {LONGEST_QUESTION:,} are the most. Please shorten it"
            )

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Choose the sentences, then give them one by one; the turns are in the standalone question."""
        return Answering(tuple(passages), TokenUse(), self._pieces(standalone, passages))

    def _pieces(self, question: str, passages: Sequence[Passage]) -> Iterator[Piece]:
        for position, quotes in enumerate(_spans(self._chosen(question, _candidates(passages)))):
            if position:
                yield Piece("\n\n")
            for line, (passage, start, end) in enumerate(quotes):
                if line:
                    yield Piece("\n")
                yield Piece(passage.text[start:end], Quote(passage.number, start, end))
            yield Piece(f" [{quotes[0][0].number}]")

    def _chosen(self, question: str, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        """The best sentences, best first, without repeats."""
        if not candidates:
            return []
        cosines = self._embed([one.embedded for one in candidates]) @ self._embedder.query(question)
        order = np.argsort(-cosines, kind="stable")
        close = [candidates[place] for place in order if cosines[place] >= cosines[order[0]] - _CLOSE]
        first_of_each = {one.sentence.text: one for one in reversed(close)}
        return [one for one in close if first_of_each[one.sentence.text] is one][:_MOST_QUOTES]

    def _embed(self, texts: Sequence[str]) -> Vectors:
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            self._vectors.update(zip(missing, self._embedder.passages(missing), strict=True))
        found = np.stack([self._vectors[text] for text in texts])
        while len(self._vectors) > _REMEMBERED:
            self._vectors.popitem(last=False)
        return found


def _candidates(passages: Sequence[Passage]) -> list[_Candidate]:
    """Sentences of the chunks that were found, best passages first."""
    kept: list[_Candidate] = []
    for passage in passages:
        offset = 0
        for chunk in passage.chunks:
            if chunk.id in passage.found:
                kept += _of_chunk(passage, chunk.text, offset)
            offset += len(chunk.text) + 2
        if len(kept) >= _CANDIDATES:
            break
    return kept[:_CANDIDATES]


def _of_chunk(passage: Passage, text: str, offset: int) -> Iterator[_Candidate]:
    units = sentences(text)
    header: Sentence | None = None
    for place, unit in enumerate(units):
        is_row = _BETWEEN_CELLS in unit.text
        begins_table = is_row and not (place and _BETWEEN_CELLS in units[place - 1].text)
        follows = place + 1 < len(units) and _BETWEEN_CELLS in units[place + 1].text
        if begins_table and follows:
            header = _moved(unit, offset)  # says what the rows mean, and answers nothing by itself
        elif _can_answer(unit.text):
            whole = _with_list(text, units, place) if unit.text.endswith(":") else _without_bullet(unit)
            of_row = header if is_row else None
            yield _Candidate(passage, _moved(whole, offset), of_row, _in_context(passage, unit, of_row))


def _can_answer(text: str) -> bool:
    """A question that somebody asked answers none; a few letters do not either."""
    return len(text) > _SHORTEST and not text.endswith("?")


def _with_list(text: str, units: Sequence[Sentence], place: int) -> Sentence:
    """What ends in a colon says nothing without the list or table that follows; these come whole."""
    last = place
    for after in range(place + 1, min(len(units), place + 1 + _LONGEST_LIST)):
        begins_line = "\n" in text[units[after - 1].end : units[after].start]
        if begins_line and not (_BETWEEN_CELLS in units[after].text or _ITEM.match(units[after].text)):
            break
        last = after
    start, end = units[place].start, units[last].end
    return Sentence(text[start:end], start, end)


def _without_bullet(unit: Sentence) -> Sentence:
    cut = 2 if unit.text.startswith("- ") else 0
    return Sentence(unit.text[cut:], unit.start + cut, unit.end)


def _moved(unit: Sentence, offset: int) -> Sentence:
    return Sentence(unit.text, unit.start + offset, unit.end + offset)


def _in_context(passage: Passage, unit: Sentence, header: Sentence | None) -> str:
    """A sentence alone says too little: it is compared together with its title, headings and table header."""
    head = " - ".join(part for part in (passage.title, passage.heading) if part)
    row = f"{header.text} ; {unit.text}" if header else unit.text
    return f"{head}: {row}"


_Span = tuple[Passage, int, int]


def _spans(chosen: Sequence[_Candidate]) -> list[list[_Span]]:
    """Quotes that stand together under one number: the best one's passage first, in the document's order."""
    order = {number: rank for rank, number in enumerate(dict.fromkeys(one.passage.number for one in chosen))}
    groups: list[list[_Span]] = []
    header: Sentence | None = None
    for one in sorted(chosen, key=lambda each: (order[each.passage.number], each.sentence.start)):
        span = (one.passage, one.sentence.start, one.sentence.end)
        if any(_holds(quoted, span) for group in groups for quoted in group):
            continue
        if one.header and header == one.header and groups[-1][0][0] is one.passage:
            groups[-1].append(span)
        elif one.header:
            groups.append([(one.passage, one.header.start, one.header.end), span])
        elif groups and _continues(groups[-1][-1], span):
            groups[-1][-1] = (one.passage, groups[-1][-1][1], one.sentence.end)
        else:
            groups.append([span])
        header = one.header
    return groups


def _holds(outer: _Span, inner: _Span) -> bool:
    return outer[0] is inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2]


def _continues(before: _Span, span: _Span) -> bool:
    """Whether a sentence follows the one before on the same line of the same passage."""
    passage, start, _ = span
    return passage is before[0] and passage.text[before[2] : start].strip(" ") == "" and start > before[2] - 1
