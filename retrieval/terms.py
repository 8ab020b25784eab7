"""Text to index terms: words in lower case, without accents, stemmed. Pure."""

import re
import threading
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
# Thai, Lao, Burmese, Khmer, Japanese and Chinese put no spaces between words.
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_RUN = re.compile(f"{_UNSPACED}+")
_FIRST_MARK = "\u0300"  # of the accents and vowel signs that stand behind their letter
_STOP_WORDS = """
    a about an and any are as at be been but by can could did do does for from get got had has have how i if in into is
    it its just may me might must my of on or our ours shall should so some than that the their them then there these
    they this those to us was we were what when where which who whom why will with would you your yours am being
    because between both during each he her him his she ourselves myself tell please someone anyone many much
"""
_STOP = frozenset(_STOP_WORDS.split())
_local = threading.local()


def words(text: str) -> list[str]:
    """Words in order, lower case, accents removed; scripts without spaces give pairs of neighbouring characters."""
    plain = text.casefold().replace("’", "'")
    if not plain.isascii():
        plain = "".join(filter(_is_no_mark, unicodedata.normalize("NFKD", plain)))
        plain = _RUN.sub(_pairs, plain)
    return [word.removesuffix("'s").replace("'", "") if "'" in word else word for word in _WORD.findall(plain)]


def terms(text: str) -> list[str]:
    """Index terms in order: stemmed words, stop words kept."""
    return [_stem(word) for word in words(text)]


def content_terms(text: str) -> list[str]:
    """The terms that carry meaning: no stop words. All terms when nothing else remains."""
    kept = [_stem(word) for word in words(text) if word not in _STOP]
    return kept or terms(text)


@lru_cache(maxsize=100_000)
def carries_meaning(word: str) -> bool:
    """Whether it says something by itself: no stop word, no punctuation, no single letter."""
    return any(part not in _STOP and (len(part) > 1 or not part.isascii() or part.isdigit()) for part in words(word))


def _is_no_mark(character: str) -> bool:
    return character < _FIRST_MARK or not unicodedata.category(character).startswith("M")


def _pairs(run: re.Match[str]) -> str:
    """The run as pairs of neighbours between spaces."""
    text = run[0]
    pairs = [text[place : place + 2] for place in range(len(text) - 1)] or [text]
    return f" {' '.join(pairs)} "


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    # The stemmer object keeps state while it works: one for each thread.
    if not hasattr(_local, "stemmer"):
        import snowballstemmer

        _local.stemmer = snowballstemmer.stemmer("english")
    return str(_local.stemmer.stemWord(word))
