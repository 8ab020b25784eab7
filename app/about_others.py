"""Questions about another named person's pay, health or performance are for HR, whatever a document may say.

The guard knows English and the names of the company's people, and looks for a name and such a word that belong
together; a question about oneself, about a role or about a rule passes.
"""

import re
from collections.abc import Iterable

from sqlalchemy import Engine

from app import people
from app.access import Caller

HR = "group:hr"
_THING = (
    r"(?:salary|salaries|pay|wages?|bonus|compensation|earnings|pay rise|raise|pay grade|payslip|sick leave|sick days?"
    r"|sick notes?|illness|disease|health|medical \w+|diagnosis|disability|pregnancy|maternity leave|therapy|absences?"
    r"|performance|appraisal|(?:performance )?reviews?|ratings?|warnings?|disciplinary \w+|dismissal|probation)"
)
_DONE = (
    r"(?:earns?|earned|paid(?! (?:leave|time))|make a (?:year|month)|(?:ill|sick)(?! (?:leave|pay|notes?|days?))"
    r"|pregnant|disabled|depressed|fired|dismissed|sacked|disciplined|warned|rated|performing|underperforming"
    r"|promoted|on probation|on sick leave|signed off)"
)
_ANY = re.compile(rf"\b(?:{_THING}|{_DONE})\b", re.IGNORECASE)
_SOMEBODY = re.compile(r"\b(?:he|she|they|him|her|his|hers|them|their|theirs)\b", re.IGNORECASE)
# Possessive: a dash is of both kinds, and trying every way to share out many of them would take minutes.
_BETWEEN = r"(?:\W++[\w-]++){0,3}?\W++"
# First names that are words too say nothing alone.
_WORDS = frozenset(
    {"april", "august", "bill", "chase", "chip", "christian", "dale", "drew", "faith", "frank", "grace", "grant"}
    | {"holly", "hope", "ivy", "joy", "june", "mark", "may", "miles", "page", "pat", "penny", "rich", "rob", "rose"}
    | {"ruby", "sky", "sue", "summer", "violet", "ward", "will"}
)


def is_for_hr(engine: Engine, question: str, caller: Caller, in_full: str = "") -> bool:
    """Whether the guard holds this caller's question back. HR itself may ask.

    `in_full` is the same question with what it leans on of the conversation.
    """
    if HR in caller.audiences or not _ANY.search(f"{question} {in_full}"):
        return False
    names = people.names(engine)
    asker = names.get(caller.email, "")
    return is_about_another(question, names.values(), asker) or (
        in_full not in ("", question) and goes_on_about_another(question, in_full, names.values(), asker)
    )


def is_about_another(question: str, names: Iterable[str], asker: str) -> bool:
    """Whether the question asks for pay, health or performance of one of these people who is not the asker."""
    return any(_asks_about(question, name) for name in _called(question, names, asker))


def goes_on_about_another(question: str, in_full: str, names: Iterable[str], asker: str) -> bool:
    """Whether a follow-up does so, which may name the person or the thing alone: "And Hana?", "What is her salary?"."""
    called = _called(in_full, names, asker)
    if any(_asks_about(in_full, name) for name in called):
        return True
    if any(re.search(_who(name), question) for name in called):
        return bool(_ANY.search(in_full))
    return bool(_ANY.search(question) and _SOMEBODY.search(question)) and any(
        re.search(_who(name), in_full) for name in called
    )


def _called(text: str, names: Iterable[str], asker: str) -> set[str]:
    """What people other than the asker are called in this text, first names alone included."""
    own = {part.casefold() for part in asker.split()}
    known = [name for name in names if name and name.casefold() != asker.casefold()]
    called = {name for name in known if " " in name.strip()}
    called |= {first for first in (name.split()[0] for name in known) if _says_who(first, own)}
    folded = text.casefold()
    return {name for name in called if name.casefold() in folded}


def _says_who(first: str, own: set[str]) -> bool:
    return len(first) > 2 and first.casefold() not in _WORDS | own


def _who(name: str) -> str:
    # A first name alone must be written like a name; a full name is one however it is written.
    who = rf"\b{re.escape(name)}\b"
    return f"(?i:{who})" if " " in name else who


def _asks_about(question: str, name: str) -> bool:
    who = _who(name)
    return any(
        re.search(pattern, question)
        for pattern in (
            rf"{who}['\u2019]s?(?:\W++[\w-]++){{0,2}}?\W++(?i:{_THING})\b",
            rf"\b(?i:{_THING})\W+(?:of|for)\W+{who}(?!['\u2019])",
            rf"\b(?i:does|did|do|is|was|has|will)\W+{who}{_BETWEEN}(?i:{_DONE})\b",
        )
    )
