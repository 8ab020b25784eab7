"""How well an answer is tied to its sources: quotes that are verbatim, statements that carry a number. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.events import Citation, Source
from retrieval.sentences import sentences

_MARK = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Counts of one answer: its quotes and the verbatim ones, its statements and those that carry a citation."""

    quotes: int
    verbatim: int
    statements: int
    cited: int


def attribution(answer: str, citations: Sequence[Citation], sources: Sequence[Source]) -> Attribution:
    """Check an answer against the sources that its numbers open."""
    opened: Mapping[int, str] = {source.number: source.text for source in sources}
    verbatim = [bool(one.quote) and one.quote in opened.get(one.number, "") for one in citations]
    carried = carries_citation(answer, citations)
    return Attribution(len(verbatim), sum(verbatim), len(carried), sum(carried))


def carries_citation(answer: str, citations: Sequence[Citation]) -> list[bool]:
    """Of each sentence: whether a number stands in it or right behind it, or behind the quote that it is part of."""
    said, places = _without_marks(answer)
    statements = sentences(said)
    starts = [one.start for one in statements]
    marked = {sum(start < place for start in starts) - 1 for place in places}
    quotes = [one.quote for one in citations if one.quote and f"[{one.number}]" in answer.partition(one.quote)[2]]
    return [
        place in marked or any(statement.text in quote for quote in quotes)
        for place, statement in enumerate(statements)
    ]


def normalised(text: str) -> str:
    """Text as quotes are compared: without Markdown's marks, straight quotes, white space folded."""
    text = re.sub(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)", r"\1", text)
    text = text.replace("**", "").replace("\\", "").replace("`", "")
    text = re.sub(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", "", text)
    text = re.sub(r"[‘’]", "'", re.sub(r"[“”]", '"', text))
    cells = re.sub(r"\s*\|\s*", " | ", re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", text)).strip(" |")
    return re.sub(r"\s+", " ", cells).strip()


def holds(texts: Sequence[str], sentence: str) -> bool:
    """Whether the sentence stands in one of the texts, marks and white space aside."""
    return normalised(sentence) in normalised("\n".join(texts))


def _without_marks(answer: str) -> tuple[str, list[int]]:
    """The text without `[number]`, and where the numbers stood in it."""
    said, places, last = "", [], 0
    for mark in _MARK.finditer(answer):
        said += answer[last : mark.start()]
        places.append(len(said))
        last = mark.end()
    return said + answer[last:], places
