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
_BETWEEN = r"(?:\W+[\w-]+){0,3}?\W+"
# First names that are words too say nothing alone.
_WORDS = frozenset(
    {"april", "august", "bill", "chase", "chip", "christian", "dale", "drew", "faith", "frank", "grace", "grant"}
    | {"holly", "hope", "ivy", "joy", "june", "mark", "may", "miles", "page", "pat", "penny", "rich", "rob", "rose"}
    | {"ruby", "sky", "sue", "summer", "violet", "ward", "will"}
)


def is_for_hr(engine: Engine, question: str, caller: Caller) -> bool:
    """Whether the guard holds this caller's question back. HR itself may ask."""
    if HR in caller.audiences or not _ANY.search(question):
        return False
    names = people.names(engine)
    return is_about_another(question, names.values(), names.get(caller.email, ""))


def is_about_another(question: str, names: Iterable[str], asker: str) -> bool:
    """Whether the question asks for pay, health or performance of one of these people who is not the asker."""
    own = {part.casefold() for part in asker.split()}
    known = [name for name in names if name and name.casefold() != asker.casefold()]
    called = {name for name in known if " " in name.strip()}
    called |= {first for first in (name.split()[0] for name in known) if _says_who(first, own)}
    folded = question.casefold()
    return any(_asks_about(question, name) for name in called if name.casefold() in folded)


def _says_who(first: str, own: set[str]) -> bool:
    return len(first) > 2 and first.casefold() not in _WORDS | own


def _asks_about(question: str, name: str) -> bool:
    # A first name alone must be written like a name; a full name is one however it is written.
    who = rf"\b{re.escape(name)}\b"
    who = f"(?i:{who})" if " " in name else who
    return any(
        re.search(pattern, question)
        for pattern in (
            rf"{who}['\u2019]s?(?:\W+[\w-]+){{0,2}}?\W+(?i:{_THING})\b",
            rf"\b(?i:{_THING})\W+(?:of|for)\W+{who}(?!['\u2019])",
            rf"\b(?i:does|did|do|is|was|has|will)\W+{who}{_BETWEEN}(?i:{_DONE})\b",
        )
    )
