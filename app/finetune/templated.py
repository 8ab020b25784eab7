"""Questions that a chunk answers, without a model: from sentences, list items, table rows and headings. Pure.

The answer is always words that stand in the chunk. Whether the question finds them is for whoever asks the search.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from app.finetune.clauses import questions
from app.finetune.wording import asked, lowered, spoken
from retrieval.chunk import Chunk
from retrieval.sentences import Sentence, sentences
from retrieval.terms import carries_meaning, content_terms

_SHORTEST, _LONGEST = 20, 420  # characters of a sentence that can answer
_LONGEST_LIST = 8  # lines
_CELLS = " | "
# What stands before the words of a list item, and of a message in Slack.
_ITEM = re.compile(r"(?:[-*•]|\(?\w{1,3}[.)]|[^\W\d_][^:\n]{1,60} \(\d{4}-\d\d-\d\d\):)\s+")
_CONTINUES = re.compile(r"(?:It|They|This|That|These|Those|Then|Otherwise|He|She|In that case)\b")
_CONTACT = re.compile(r"(?:contact|questions|owner)\b ?[:?]|(?:write to|call \+|contact the)\b", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:effective|in force since|valid from|stand:|applies from)\b", re.IGNORECASE)
_ASKS = re.compile(r"(?:who|what|which|when|where|how|why|if|can|do|is|are|may|must|your)\b", re.IGNORECASE)
_TERM = re.compile(r"(?!Yes|No|Example|Questions|Contact|Owner)(?P<term>[^\W\d_][^:.,|\d]{2,40}): (?=\S.{9,})")
_POINTING = re.compile(r"\b(?:it|this|that|they|them|these|those)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question and the words of the chunk that answer it, in order. `form` says how the question was made."""

    question: str
    quotes: tuple[str, ...]
    chunk: Chunk
    form: str

    @property
    def answer(self) -> str:
        """The words that answer, as one text."""
        return "\n".join(self.quotes)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all documents: which stand in small letters somewhere, and in how many chunks each one stands."""

    common: Set[str]
    spread: Counter[str]

    @classmethod
    def of(cls, chunks: Iterable[Chunk]) -> "Vocabulary":
        """Of these chunks."""
        common: set[str] = set()
        spread: Counter[str] = Counter()
        for chunk in chunks:
            found = set(_WORD.findall(chunk.text))
            common |= {word for word in found if word.islower()}
            spread.update({word.casefold() for word in found})
        return cls(common, spread)


def drafts(chunk: Chunk, vocabulary: Vocabulary) -> list[Draft]:
    """Everything that can be asked of a chunk, in the order of its text; each question once."""
    found: dict[str, Draft] = {}
    for draft in _all(chunk, vocabulary):
        found.setdefault(draft.question, draft)
    return list(found.values())


def _all(chunk: Chunk, vocabulary: Vocabulary) -> Iterator[Draft]:
    units = sentences(chunk.text)
    topic = lowered(_topic(chunk), vocabulary.common)
    yield from _of_section(chunk, units, topic)
    header: Sentence | None = None
    for place, unit in enumerate(units):
        if _CELLS in unit.text:
            begins = not (place and _CELLS in units[place - 1].text)
            header = unit if begins else header
            if header and not begins:
                yield from _of_row(chunk, header.text, unit.text, topic)
        elif unit.text.endswith(":"):
            yield from _of_list(chunk, units, place, vocabulary.common)
        elif _can_answer(unit.text):
            yield from _of_sentence(chunk, units, place, topic, vocabulary)


def _of_sentence(
    chunk: Chunk, units: list[Sentence], place: int, topic: str, vocabulary: Vocabulary
) -> Iterator[Draft]:
    text = _ITEM.sub("", units[place].text, count=1) if _ITEM.match(units[place].text) else units[place].text
    if _CONTACT.match(text):
        yield Draft(asked(f"who can I ask about {topic}"), (text,), chunk, "contact")
    if _SINCE.search(text):
        yield Draft(asked(f"since when does the page about {topic} apply"), (text,), chunk, "since")
    answer = (_with_next(chunk, units, place, text),)
    for form, question in questions(text, vocabulary.common):
        yield Draft(_in_context(question, topic), answer, chunk, form)
    term = _TERM.match(text)
    if term:
        yield Draft(
            asked(f"{topic}: what applies to {lowered(term['term'], vocabulary.common)}"), (text,), chunk, "term"
        )
    telling = _telling(text, topic, vocabulary)
    if telling:
        yield Draft(f"{topic} {telling}".lower(), answer, chunk, "keywords")
        yield Draft(asked(f"what do the rules on {topic} say about {telling}"), answer, chunk, "keywords")


def _of_row(chunk: Chunk, header: str, row: str, topic: str) -> Iterator[Draft]:
    names, cells = header.split(_CELLS), row.split(_CELLS)
    if len(names) != len(cells) or not cells[0].strip():
        return
    whose = cells[0].strip()
    for name, cell in zip(names[1:], cells[1:], strict=True):
        if name.strip() and cell.strip():
            what = name.strip() if name.isupper() else name.strip()[:1].lower() + name.strip()[1:]
            quotes = (header, row)
            yield Draft(asked(f"{topic}: what is the {what} for {whose}"), quotes, chunk, "row")
            yield Draft(asked(f"{whose}: which {what} applies ({topic})"), quotes, chunk, "row")


def _of_list(chunk: Chunk, units: list[Sentence], place: int, common: Set[str]) -> Iterator[Draft]:
    """A line that ends in a colon, with the items below it."""
    last = place
    while last + 1 < len(units) and _ITEM.match(units[last + 1].text) and last - place < _LONGEST_LIST:
        last += 1
    said = units[place].text.rstrip(":")
    if last > place and len(said.split()) >= 3:
        whole = chunk.text[units[place].start : units[last].end]
        topic = lowered(_topic(chunk), common)
        yield Draft(asked(f"{topic}, what is on the list: {spoken(lowered(said, common))}"), (whole,), chunk, "list")


def _of_section(chunk: Chunk, units: list[Sentence], topic: str) -> Iterator[Draft]:
    """What the whole section is about: its first sentences answer, or all items of its list."""
    quote = _opening(chunk, units)
    if not quote:
        return
    heading, title = chunk.heading_path[-1] if chunk.heading_path else "", chunk.title
    if heading and heading != title and _ASKS.match(heading):
        wording = re.sub(r"^how to ", "how do I ", heading, flags=re.IGNORECASE)
        yield Draft(asked(f"{title}: {spoken(wording)}"), (quote,), chunk, "heading")
        return
    yield Draft(asked(f"what do I need to know about {topic}"), (quote,), chunk, "heading")
    yield Draft(asked(f"how does it work: {topic}"), (quote,), chunk, "heading")


def _opening(chunk: Chunk, units: list[Sentence]) -> str:
    if units and all(_ITEM.match(unit.text) for unit in units) and 1 < len(units) <= _LONGEST_LIST:
        return chunk.text[units[0].start : units[-1].end]
    if units and _SINCE.search(units[0].text):
        units = units[1:]
    if units and _can_answer(units[0].text) and _CELLS not in units[0].text and not _ITEM.match(units[0].text):
        return _with_next(chunk, units, 0, units[0].text)
    return ""


def _with_next(chunk: Chunk, units: list[Sentence], place: int, text: str) -> str:
    """The sentence, with the one behind it where that one goes on about the same."""
    end = units[place].end
    if place + 1 < len(units):
        after = units[place + 1]
        is_beside = "\n" not in chunk.text[end : after.start]
        if is_beside and _CONTINUES.match(after.text) and len(text) + len(after.text) < _LONGEST:
            return chunk.text[end - len(text) : after.end]
    return text


def _in_context(question: str, topic: str) -> str:
    """A question that says too little alone, or points to something, names its topic."""
    few = len(content_terms(question)) < 4 or bool(_POINTING.search(question))
    shared = set(content_terms(question)) & set(content_terms(topic))
    return asked(f"{topic}: {question[0].lower()}{question[1:]}") if few and not shared else question


def _telling(text: str, topic: str, vocabulary: Vocabulary) -> str:
    """The three rarest words of a sentence that carry meaning, in its order."""
    known = set(content_terms(topic))
    words = [word for word in _WORD.findall(text) if carries_meaning(word) and not word[0].isdigit() and len(word) > 3]
    new = [word for word in dict.fromkeys(words) if not known & set(content_terms(word))]
    rarest = sorted(new, key=lambda word: (vocabulary.spread[word.casefold()], word))[:3]
    return " ".join(word for word in new if word in rarest) if len(rarest) == 3 else ""


def _topic(chunk: Chunk) -> str:
    """What a person would call it: title and heading, where both say something."""
    if chunk.title.startswith("#"):
        return f"{chunk.title.split(':')[0]} in Slack"
    title = _plain(re.split(r"[?|(]| - ", chunk.title)[0]) or chunk.title
    heading = _plain(chunk.heading_path[-1]) if chunk.heading_path else ""
    says_nothing = not heading or heading.casefold() == title.casefold() or _ASKS.match(heading)
    return title if says_nothing else f"{heading} ({title})"


def _plain(heading: str) -> str:
    """Without its number, its capitals and what stands in brackets."""
    text = re.sub(r"\s*\([^)]*\)", "", re.sub(r"^\d+(?:\.\d+)*[.)]?\s+", "", heading)).strip()
    return text.capitalize() if text.isupper() else text


def _can_answer(text: str) -> bool:
    return _SHORTEST <= len(text) <= _LONGEST and not text.endswith("?")
