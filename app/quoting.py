"""The quoting answerer: the sentences that best support the answer, verbatim and cited. Needs no language model."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.answerer import Answering, Piece, Quote, Size
from app.quantity import wanted
from retrieval.access import Scope
from retrieval.budget import TokenUse
from retrieval.chunk import Chunk
from retrieval.errors import QuestionRefused
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from retrieval.search import Retriever
from retrieval.sentences import Sentence, sentences
from retrieval.terms import content_terms
from retrieval.words import Asked, Words

LONGEST_QUESTION = 8_000  # characters
_SHORTEST = 12  # characters of a sentence that can answer anything
_MOST_QUOTES = 3
_CLOSE = 0.15  # a further sentence is quoted when its score is this close to the best one's
_CHUNK = 0.75  # weight of the score of the chunk that a sentence stands in
_NUMBER = 0.1  # for a sentence with the kind of number that was asked for
_LONGEST_LIST = 12  # lines that are quoted with the sentence before them
_BETWEEN_CELLS = " | "
_ITEM = re.compile(r"(?:[-*•]|\(?\w{1,3}[.)])\s")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of a passage. `header` is the header row of the table that it is a row of."""

    passage: Passage
    sentence: Sentence
    header: Sentence | None
    score: float

    @property
    def table(self) -> tuple[int, str] | None:
        """Which one it is a row of; parts of a table in several chunks have the same header."""
        return (self.passage.number, self.header.text) if self.header else None

    @property
    def key(self) -> str:
        """What a row is about: its first cell. Empty outside tables."""
        return self.sentence.text.partition(_BETWEEN_CELLS)[0] if self.header else ""


class QuotingAnswerer:
    """Quotes instead of writing: correct and cited on a machine without weights."""

    name = "quoting"

    def __init__(self, retriever: Retriever, unfit: Callable[[str], bool] = lambda _: False) -> None:
        """`unfit` says which sentences are never quoted."""
        self._retriever = retriever
        self.unfit = unfit

    def check(self, question: str) -> Size:
        """A question has an end."""
        if len(question) > LONGEST_QUESTION:
            raise QuestionRefused(
                f"The question has {len(question):,} characters; {LONGEST_QUESTION:,} are the most. Please shorten it"
            )
        return Size(len(question), LONGEST_QUESTION, "characters")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        """Nothing: without a model the rules of `retrieval.rewrite` have to do."""
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Choose the sentences, then give them one by one; the turns are in the standalone question."""
        return Answering(tuple(passages), TokenUse(), self._pieces(standalone, passages))

    def _pieces(self, question: str, passages: Sequence[Passage]) -> Iterator[Piece]:
        fit = [one for one in self._candidates(question, passages) if not self.unfit(one.sentence.text)]
        for position, quotes in enumerate(_spans(_chosen(_meant(fit, question)))):
            if position:
                yield Piece("\n\n")
            for line, (passage, start, end) in enumerate(quotes):
                if line:
                    yield Piece("\n")
                yield Piece(passage.text[start:end], Quote(passage.number, start, end))
            yield Piece(f" [{quotes[0][0].number}]")

    def _candidates(self, question: str, passages: Sequence[Passage]) -> list[_Candidate]:
        """Sentences of the chunks that were found."""
        asked = self._retriever.asked(question)
        found = [chunk for passage in passages for chunk in passage.chunks if chunk.id in passage.found]
        words = self._retriever.words(found, Scope(frozenset(passage.audience for passage in passages)))
        candidates: list[_Candidate] = []
        for passage in passages:
            offset = 0
            for chunk in passage.chunks:
                if chunk.id in passage.found:
                    scores = _Scores(asked, wanted(question), chunk, words[chunk.id])
                    of_chunk = _of_chunk(passage, chunk.text, offset, scores)
                    candidates += [replace(one, score=one.score + _CHUNK * passage.found[chunk.id]) for one in of_chunk]
                offset += len(chunk.text) + 2
        return candidates


class _Scores:
    """How well sentences of one chunk answer: the chunk's own score, and how the sentence covers the question."""

    def __init__(self, asked: Asked, number: re.Pattern[str] | None, chunk: Chunk, words: Words) -> None:
        self._asked = asked
        self._number = number
        self._cosines = asked.cosines(words)
        before = len(chunk.embedded_text) - len(chunk.text)
        self._starts, self._ends = words.spans[:, 0] - before, words.spans[:, 1] - before

    def of(self, sentence: Sentence, header: Sentence | None) -> float:
        """How well it answers."""
        score = self._asked.covered(self._cosines[:, self.around(sentence, header)])
        return score + (_NUMBER if self._number and self._number.search(sentence.text) else 0.0)

    def around(self, sentence: Sentence, header: Sentence | None) -> NDArray[np.bool_]:
        """A sentence says too little alone: title and headings are read with it, and a row's header."""
        around = self.within(sentence) | (self._ends <= 0)
        return around | self.within(header) if header else around

    def within(self, part: Sentence) -> NDArray[np.bool_]:
        """The words of this part alone."""
        return np.asarray((self._starts >= part.start) & (self._ends <= part.end))


def _chosen(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The best sentences, best first, without repeats.

    Two close rows of a table say that no single one was meant: then all of them come, if they are few.
    """
    ranked = sorted(candidates, key=lambda one: -one.score)
    close = [one for one in ranked if one.score >= ranked[0].score - _CLOSE]
    first_of_each = {one.sentence.text: one for one in reversed(close)}
    best = [one for one in close if first_of_each[one.sentence.text] is one][:_MOST_QUOTES]
    tables = Counter(one.table for one in best if one.table)
    rows = [[one for one in ranked if one.table == table] for table, count in tables.items() if count > 1]
    return best + [one for table in rows if len(table) <= _LONGEST_LIST for one in table if one not in best]


def _meant(candidates: Sequence[_Candidate], question: str) -> list[_Candidate]:
    """Without the rows of a table whose first cell holds fewer of the question's terms than another row's does."""
    asked = set(content_terms(question))
    named = [len(asked & set(content_terms(one.key))) for one in candidates]
    most: dict[tuple[int, str] | None, int] = {}
    for one, count in zip(candidates, named, strict=True):
        most[one.table] = max(most.get(one.table, 0), count)
    return [one for one, count in zip(candidates, named, strict=True) if count == most[one.table]]


def _of_chunk(passage: Passage, text: str, offset: int, scores: _Scores) -> Iterator[_Candidate]:
    units = sentences(text)
    header: Sentence | None = None
    for place, unit in enumerate(units):
        is_row = _BETWEEN_CELLS in unit.text
        begins_table = is_row and not (place and _BETWEEN_CELLS in units[place - 1].text)
        follows = place + 1 < len(units) and _BETWEEN_CELLS in units[place + 1].text
        if begins_table and follows:
            header = unit  # says what the rows mean, and answers nothing by itself
        elif (is_row and header) or _can_answer(unit.text):
            whole = _with_list(text, units, place) if unit.text.endswith(":") else _without_bullet(unit)
            of_row = header if is_row else None
            at = of_row and _moved(of_row, offset)
            yield _Candidate(passage, _moved(whole, offset), at, scores.of(whole, of_row))


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


_Span = tuple[Passage, int, int]


def _spans(chosen: Sequence[_Candidate]) -> list[list[_Span]]:
    """Quotes that stand together under one number: the best one first, then its passage in the document's order."""
    order = {number: rank for rank, number in enumerate(dict.fromkeys(one.passage.number for one in chosen))}
    groups: list[list[_Span]] = []
    header = ""
    for one in sorted(chosen, key=lambda each: (order[each.passage.number], each.sentence.start)):
        span = (one.passage, one.sentence.start, one.sentence.end)
        if any(_holds(quoted, span) for group in groups for quoted in group):
            continue
        if one.header and header == one.header.text and groups[-1][0][0] is one.passage:
            groups[-1].append(span)
        elif one.header:
            groups.append([(one.passage, one.header.start, one.header.end), span])
        elif groups and _continues(groups[-1][-1], span):
            groups[-1][-1] = (one.passage, groups[-1][-1][1], one.sentence.end)
        else:
            groups.append([span])
        header = one.header.text if one.header else ""
    return sorted(groups, key=lambda group: not _says(group, chosen[0]))


def _says(group: Sequence[_Span], best: _Candidate) -> bool:
    return any(_holds(span, (best.passage, best.sentence.start, best.sentence.end)) for span in group)


def _holds(outer: _Span, inner: _Span) -> bool:
    return outer[0] is inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2]


def _continues(before: _Span, span: _Span) -> bool:
    """Whether a sentence follows the one before on the same line of the same passage."""
    passage, start, _ = span
    return passage is before[0] and passage.text[before[2] : start].strip(" ") == "" and start > before[2] - 1
