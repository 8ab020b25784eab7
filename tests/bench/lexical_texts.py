"""Texts and questions for the lexical bench: as many chunks as wanted, with a vocabulary as wide as a large company's.

The commonest words are those of the sample company in the order of their frequency there, the rarer ones are made of
syllables; a word's frequency falls with its rank as in written language (Zipf and Mandelbrot). Each chunk prefers the
words of one topic, and one in ten ends with a real sentence of the sample company.
"""

import itertools
import random
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np

from app.evaluation.question_set import load_set
from retrieval.sentences import sentences
from retrieval.terms import content_terms, words

_DATA = Path(__file__).parents[2] / "data"
_VOCABULARY, _TOPICS, _TOPIC_WORDS, _TOPIC_SHARE = 40_000, 400, 40, 0.3
_COMMON = 60  # the commonest words that are no stop words
_SYLLABLES = """
    ba ce di fo gu ha jel kin lor mu na pel qua ri sto tan ur vel wis xo yar zem bri cla dro fle gri pru sha thu
"""


def chunk_texts(count: int, seed: int = 1) -> list[str]:
    """So many texts of 100 to 200 words."""
    generator = np.random.default_rng(seed)
    known, real = vocabulary(), _sentences()
    summed = np.cumsum(1.0 / (np.arange(len(known)) + 2.7) ** 1.07)
    topics = generator.integers(100, 10_000, (_TOPICS, _TOPIC_WORDS))
    texts = []
    for length in generator.integers(100, 201, count):
        drawn = np.searchsorted(summed, generator.random(length) * summed[-1])
        own = topics[generator.integers(_TOPICS)][generator.integers(_TOPIC_WORDS, size=length)]
        drawn = np.where(generator.random(length) < _TOPIC_SHARE, own, drawn)
        texts.append(" ".join(known[place] for place in drawn))
        if generator.random() < 0.1:
            texts[-1] += " " + real[generator.integers(len(real))]
    return texts


def questions(count: int, seed: int = 2) -> dict[str, list[str]]:
    """So many questions of each kind: three rare words, 10 to 15 words as people ask, ten of the commonest words."""
    pick = random.Random(seed)
    known = vocabulary()
    meaning = [word for word in known[:300] if content_terms(f"{word} payroll") != ["payrol"]][:_COMMON]
    asked = [query.text for query in load_set(_DATA / "eval")[1] if 10 <= len(query.text.split()) <= 15]
    return {
        "rare": [" ".join(pick.sample(known[5_000:20_000], 3)) for _ in range(count)],
        "natural": pick.sample(asked, count),
        "common": [" ".join(pick.sample(meaning, 10)) for _ in range(count)],
    }


@cache
def vocabulary() -> list[str]:
    """All words, the commonest first."""
    counted = Counter(word for text in _company() for word in words(text))
    known = dict.fromkeys(word for word, _ in counted.most_common())
    made = ("".join(parts) for length in (2, 3, 4) for parts in itertools.product(_SYLLABLES.split(), repeat=length))
    known |= dict.fromkeys(itertools.islice(made, _VOCABULARY - len(known)))
    return list(known)


def _sentences() -> list[str]:
    return [unit.text for text in _company() for unit in sentences(text)]


@cache
def _company() -> list[str]:
    return [text.text for text in load_set(_DATA / "eval")[0]]
