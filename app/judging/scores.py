"""How good one answer is, beside the answer that was wanted. Pure.

The ROUGE package on PyPI was last released in 2022 and brings two more dependencies; ROUGE-L is one table of numbers.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.evaluation.attribution import normalised
from app.finetune.example import Example
from app.grounding import cited
from retrieval.sentences import sentences

REFUSAL = "refusal"  # the kind of an example whose sources do not answer
_MARKS = re.compile(r"(?:\s*\[\d+(?:\s*[,;]\s*\d+)*\])+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Statement:
    """Words of an answer with the numbers that stand behind them; none where nothing is cited."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Of one answer, 0..1 each. What can only be said of an answer that came is None where none came."""

    exact: float
    f1: float
    cited_f1: float
    rouge_l: float
    citation_precision: float | None
    citation_recall: float | None
    verbatim: float | None
    words: int


def score(example: Example, answer: str | None) -> Scores:
    """Compare an answer with the wanted one; None is a refusal.

    As in SQuAD 2.0 (Rajpurkar, Jia and Liang, 2018) a question that the sources do not answer counts 1 in full when it
    is refused and 0 when it is not, and so does the opposite.
    """
    wants_refusal = example.kind == REFUSAL
    if answer is None or wants_refusal:
        right = float(wants_refusal and answer is None)
        return Scores(right, right, right, right, None, None, None, len(words(answer or "")))
    said, wanted = words(answer), words(example.answer)
    numbers = cited(answer)
    right_numbers = [number for number in numbers if number in example.supports]
    return Scores(
        float(said == wanted),
        f1(said, said, wanted),
        cited_f1(answer, example.answer, example.supports),
        rouge_l(said, wanted),
        len(right_numbers) / len(numbers) if numbers else 0.0,
        len(right_numbers) / len(example.supports) if example.supports else None,
        verbatim(answer, {passage.number: passage.text for passage in example.passages}),
        len(said),
    )


def cited_f1(answer: str, wanted: str, supports: Sequence[int]) -> float:
    """Token F1 in which only words of statements count as right that cite a source which supports the answer.

    Every word of the answer counts in the precision, so that words without a source, or with a wrong one, cost; the
    recall is over the words that were wanted. Without known supports every statement counts.
    """
    all_words = words(answer)
    trusted = [
        word
        for one in statements(answer)
        if not supports or set(one.numbers) & set(supports)
        for word in words(one.text)
    ]
    return f1(trusted, all_words, words(wanted))


def f1(counted: Sequence[str], said: Sequence[str], wanted: Sequence[str]) -> float:
    """The harmonic mean of `counted` words that were wanted over all words said, and over all that were wanted."""
    common = (Counter(counted) & Counter(wanted)).total()
    return 2 * common / (len(said) + len(wanted)) if common else 0.0


def rouge_l(said: Sequence[str], wanted: Sequence[str]) -> float:
    """F-measure of the longest common subsequence of words (Lin, 2004, https://aclanthology.org/W04-1013/)."""
    lengths = [0] * (len(wanted) + 1)
    for word in said:
        diagonal = 0
        for place, other in enumerate(wanted, start=1):
            above = lengths[place]
            lengths[place] = diagonal + 1 if word == other else max(above, lengths[place - 1])
            diagonal = above
    return 2 * lengths[-1] / (len(said) + len(wanted)) if lengths[-1] else 0.0


def verbatim(answer: str, texts: dict[int, str]) -> float | None:
    """Of the sentences that carry a number, the share that stands word for word in the source of that number."""
    found = [
        any(normalised(sentence.text) in normalised(texts.get(number, "")) for number in one.numbers)
        for one in statements(answer)
        if one.numbers
        for sentence in sentences(one.text)
    ]
    return sum(found) / len(found) if found else None


def statements(answer: str) -> list[Statement]:
    """The answer cut behind its numbers: one stands for all that precedes it, back to the last one or the paragraph."""
    found, start = [], 0
    for mark in [*_MARKS.finditer(answer), None]:
        *before, last = re.split(r"\n\s*\n", answer[start : mark.start() if mark else len(answer)])
        found += [Statement(text.strip(), ()) for text in before]
        found.append(Statement(last.strip(), tuple(cited(mark.group())) if mark else ()))
        start = mark.end() if mark else start
    return [one for one in found if words(one.text)]


def words(text: str) -> list[str]:
    """Words as they are compared: without case, punctuation and numbers of sources."""
    return _WORD.findall(_MARKS.sub(" ", text).casefold())
