"""Questions that one sentence answers by itself, made from its own words: conditions, duties, dates, amounts. Pure."""

import re
from collections.abc import Callable, Iterator, Set

from app.finetune.wording import asked, lowered, spoken

_MOST_WORDS, _FEWEST_WORDS = 24, 3
_UNCLEAR = re.compile(
    r"^(?:in|on|at|for|by|with|from|during|after|before|your|each|some|most|all|between|without|of|here|we)\b|"
    r"\b(?:who|what|how|that|which|where|if|when|because|while|whether|us|this|these|those|there|then|below|above)\b|"
    r"\b(?:can|may|must|will|sees)\b|\b(?:it|they|you|we)\b.",
    re.IGNORECASE,
)
_SUBJECT = r"(?P<subject>[^\W\d_][^,;:()|]{1,60}?)"
_NUMBER = r"(?P<number>(?:[A-Z]{3} |[£$€])?\d[\d.,:]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_UNIT = r"(?P<unit>(?:working |calendar |paid )?[a-z]{2,}s\b|percent|%|GBP|EUR|USD)"
_MEASURES = {"GBP", "EUR", "USD", "percent", "%"}
_IMPERATIVES = """
    add agree apply ask book bring call check choose claim complete contact declare enter explain fill file give hand
    hold keep log look make note open order pay pick plan post read record register report request return save scan
    send share sign speak start store submit take talk tell try upload use wait wear write
"""
_IMPERATIVE = frozenset(_IMPERATIVES.split())
_THIRD = "closes ends begins starts opens expires arrives disappears happens lapses counts"
_BASE = {third: third.removesuffix("s") for third in _THIRD.split()}
_VERB = "|".join([*_BASE, *_BASE.values()])

_CONDITION = re.compile(
    r"(?P<word>If|When|Once|While|During|After|Before|On|For|From) (?P<said>[^,;:|]{6,120}), (?=\w)"
)
_LATER_CONDITION = re.compile(r"\bif (?P<said>[^,;:.|]{6,100})[.,;]")
_AUXILIARY = re.compile(
    rf"{_SUBJECT} (?P<verb>is|are|can|may|must|will|should|cannot|may not|must not|have to|has to|need to|needs to) "
    r"(?P<rest>[^,;:|]{3,120}?)(?:[.,;:]| and )"
)
_WHEN = re.compile(rf"{_SUBJECT} (?P<verb>{_VERB}) (?:on|at|in|by|after|before|from|until|every|\d)")
_LASTING = re.compile(rf"{_SUBJECT} (?P<verb>lasts?|takes?) (?:up to |at least |about |around )?{_NUMBER} ")
_GETTING = re.compile(
    rf"{_SUBJECT} (?P<verb>receives?|gets?|have|has|earns?|pays?) (?:up to |at least |about |only |an extra )?"
    rf"{_NUMBER}\s?{_UNIT}"
)
_DEADLINE = re.compile(
    r"(?P<said>[^,;:|]{8,100}?) (?:within|at least|no later than|by|before|until) (?:\d|one|two|three|four|five|the )"
)
_DOER = re.compile(
    r"(?P<who>(?:Your|The|Our)(?: [\w-]+){1,4}) (?P<verb>approves|decides|signs|pays|books|holds|checks|keeps|informs|"
    r"orders|sends|decides on|answers|arranges|collects) (?!within|before|after|in )"
    r"(?P<what>[^,;:|]{4,80}?)(?= within| before| after| in |[.,;:])"
)
_DEFINED = re.compile(rf"{_SUBJECT} (?P<verb>is|are) (?:the|a|an|for|meant|what) ")
_OF_YOU = {
    "must": ["do I have to"],
    "have to": ["do I have to"],
    "need to": ["do I need to"],
    "are": ["am I"],
    "may": ["may I", "am I allowed to"],
    "can": ["can I", "is it possible to"],
    "cannot": ["can I", "is it possible to"],
    "may not": ["may I", "am I allowed to"],
    "must not": ["am I allowed to"],
    "will": ["will I"],
    "should": ["should I"],
}
_POSITIVE = {"cannot": "can", "may not": "may", "must not": "may"}
_AMOUNT_END = re.compile(r"(?: in \w+)?(?: up to)? (?:\d[\d.,]*|two|three|four|five|six|ten)(?: \w+){0,2}$")
_OBJECT_END = re.compile(
    r"[,;:(|]| (?:in|under|with|through|at|from|using|within|before|after|until|by|on|so|and) |\.$"
)

_TOLD = re.compile(r"(?:Please|You must|You have to|You need to|Then|First,?|Always) ")
_NO_DUTY = re.compile(r"\w+ (?:of|is|are)\b|.*\b(?:we|us)\b", re.IGNORECASE)

Form = tuple[str, str]  # its name, and the question


def questions(sentence: str, common: Set[str]) -> list[Form]:
    """Each question with the name of its form. `common` are words that also stand in small letters in the documents."""
    found: dict[str, str] = {}
    for name, form in _FORMS.items():
        for question in form(sentence, common):
            written = asked(spoken(question))
            if _FEWEST_WORDS <= len(written.split()) <= _MOST_WORDS:
                found.setdefault(written, name)
    return [(name, question) for question, name in found.items()]


def _conditions(sentence: str, _: Set[str]) -> Iterator[str]:
    begun = _CONDITION.match(sentence)
    if begun and not _speaks_of_us(begun["said"]):
        word, said = begun["word"], begun["said"]
        if word in ("If", "When", "Once"):
            yield f"what happens {word.lower()} {said}"
            yield f"what do I have to know {word.lower()} {said}"
        else:
            yield f"what applies {word.lower()} {said}"
    later = _LATER_CONDITION.search(sentence)
    if later and not _speaks_of_us(later["said"]):
        yield f"what if {later['said']}"


def _yes_or_no(sentence: str, common: Set[str]) -> Iterator[str]:
    match = _AUXILIARY.match(sentence)
    if not match or not _is_clear(match["subject"]):
        return
    subject, verb, rest = lowered(match["subject"], common), match["verb"], match["rest"]
    if subject.casefold() == "you":
        yield from (f"{opening} {rest}" for opening in _OF_YOU.get(verb, ()))
    elif verb.endswith(" to"):
        infinitive = verb.replace("has", "have").replace("needs", "need")
        yield f"{'does' if verb != infinitive else 'do'} {subject} {infinitive} {rest}"
    else:
        yield f"{_POSITIVE.get(verb, verb)} {subject} {rest.removeprefix('not ')}"


def _dates(sentence: str, common: Set[str]) -> Iterator[str]:
    match = _WHEN.match(sentence)
    if match and _is_clear(match["subject"]):
        verb = match["verb"]
        yield f"when {'does' if verb in _BASE else 'do'} {lowered(match['subject'], common)} {_BASE.get(verb, verb)}"


def _durations(sentence: str, common: Set[str]) -> Iterator[str]:
    match = _LASTING.match(sentence)
    if match and _is_clear(match["subject"]):
        many = "does" if match["verb"].endswith("s") else "do"
        yield f"how long {many} {lowered(match['subject'], common)} {match['verb'].rstrip('s')}"


def _amounts(sentence: str, common: Set[str]) -> Iterator[str]:
    match = _GETTING.match(sentence)
    if not match or not _is_clear(match["subject"]):
        return
    subject, verb, unit = lowered(match["subject"], common), match["verb"], match["unit"]
    base = "have" if verb == "has" else verb.removesuffix("s")
    amount = "how much" if unit in _MEASURES or match["number"][0] in "£$€" else f"how many {unit}"
    yield f"{amount} {'does' if verb.endswith('s') else 'do'} {subject} {base}"


def _deadlines(sentence: str, _: Set[str]) -> Iterator[str]:
    match = _DEADLINE.match(sentence)
    duty = _AMOUNT_END.sub("", _duty(match["said"])) if match else ""
    if duty:
        yield f"by when do I have to {duty}"
        yield f"how much time do I have to {duty}"


def _ways(sentence: str, _: Set[str]) -> Iterator[str]:
    duty = _duty(sentence)
    if duty:
        plain = _OBJECT_END.split(duty, maxsplit=1)[0]
        if len(plain.split()) >= 2:
            yield f"how do I {plain}"
            yield f"what should I do to {plain}"


def _doers(sentence: str, _: Set[str]) -> Iterator[str]:
    match = _DOER.match(sentence)
    if match:
        yield f"who {match['verb']} {match['what']}"


def _definitions(sentence: str, common: Set[str]) -> Iterator[str]:
    match = _DEFINED.match(sentence)
    if match and _is_clear(match["subject"]) and match["subject"].casefold() != "you":
        yield f"what {match['verb']} {lowered(match['subject'], common)}"


def _duty(text: str) -> str:
    """What somebody is told to do; empty where nobody is."""
    plain = _TOLD.sub("", text)
    first = plain.split(" ", 1)[0].casefold()
    return plain[0].lower() + plain[1:] if first in _IMPERATIVE and not _NO_DUTY.match(plain) else ""


def _is_clear(subject: str) -> bool:
    return len(subject.split()) <= 7 and not _UNCLEAR.search(subject)


def _speaks_of_us(text: str) -> bool:
    return bool(re.search(r"\b(?:we|us)\b", text, re.IGNORECASE))


_FORMS: dict[str, Callable[[str, Set[str]], Iterator[str]]] = {
    "condition": _conditions,
    "yes or no": _yes_or_no,
    "when": _dates,
    "how long": _durations,
    "how much": _amounts,
    "deadline": _deadlines,
    "how": _ways,
    "who": _doers,
    "what is": _definitions,
}
