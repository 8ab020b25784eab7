"""How an employee says what a document says: persons, small letters, greetings. Pure."""

import re
from collections.abc import Set
from random import Random

_YOU = re.compile(r"\b(you are|you're|yourself|yours|your|you)\b(?=(\W*)([\w']*))", re.IGNORECASE)
_SAID = {"you are": "I am", "you're": "I'm", "yourself": "myself", "yours": "mine", "your": "my"}
_AFTER_OBJECT_WORDS = """
    to for with in on at by from and or as if when about the a an your any one this that before after within under more
    until of who where which how not
"""
_AFTER_OBJECT = frozenset(_AFTER_OBJECT_WORDS.split())
_BEFORE_OBJECT = re.compile(
    r"\b(?:to|for|with|of|by|from|about|on|at|without|gives?|tells?|lets?|asks?|pays?)\s+$", re.I
)
_FIRST_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_GREETINGS = ("Hi, ", "Hello! ", "Quick question: ", "Sorry if this is obvious, but ", "Can somebody tell me: ")
_THANKS = (" Thanks!", " Thank you.", " Cheers", " Thanks in advance.")


def spoken(text: str) -> str:
    """The words of somebody who means themselves: you as I or me, your as my."""
    return _YOU.sub(lambda match: _person(match, text), text)


def lowered(text: str, common: Set[str]) -> str:
    """The text with a small first letter, where its first word is one that also stands in the middle of sentences."""
    first = _FIRST_WORD.match(text)
    is_name = first and len(first[0]) > 1 and first[0].isupper()
    if first and first[0].casefold() in common and not is_name:
        return text[0].lower() + text[1:]
    return text


def asked(text: str) -> str:
    """A question as it is written: one line, a capital letter in front, a question mark behind."""
    plain = " ".join(text.split()).rstrip(" .?!;:,")
    return plain[:1].upper() + plain[1:] + "?"


def varied(question: str, random: Random, common: Set[str]) -> str:
    """The question as people type: most as it stands, some with a greeting or thanks, some without capital and mark."""
    chance = random.random()
    if chance < 0.08:
        return random.choice(_GREETINGS) + lowered(question, common)
    if chance < 0.14:
        return question + random.choice(_THANKS)
    if chance < 0.26:
        return lowered(question, common).rstrip("?")
    return question


def _person(match: re.Match[str], text: str) -> str:
    words = match[1].casefold()
    if words != "you":
        return _SAID[words]
    between, after = match[2], match[3].casefold()
    is_object = _BEFORE_OBJECT.search(text[: match.start()]) or between.strip() or not after or after in _AFTER_OBJECT
    return "me" if is_object else "I"
