"""Who may read a document, and why, in plain sentences. Decides nothing: it asks what decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from app import people
from app.access import Caller, caller_for
from ingest.audiences import FILE, rules_in
from ingest.folder import governing
from ingest.stated_audience import narrowed
from ingest.verified import VerifiedAnswers
from retrieval.access import ADMINS, EVERYONE, Audience
from retrieval.errors import Missing
from retrieval.ledger.documents import Entry, entries
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import audience_members, sources


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document has its audience and who is in it. `readers` are names by e-mail address.

    `allowed` says whether the one person who was asked about may read it; None where nobody was.
    """

    uri: str
    audience: str
    contact: str
    because: tuple[str, ...]
    readers: dict[str, str]
    allowed: bool | None
    person: tuple[str, ...]


def explain(engine: Engine, uri: str, email: str = "") -> Explanation:
    """Explain a document's audience, and with an address whether this person may read it.

    Raises:
        Missing: the document or the person is not known.
    """
    entry = next((one for one in entries(engine) if one.uri == uri), None)
    if entry is None:
        raise Missing(f"No document {uri!r}. `frontdesk documents` lists them")
    caller = caller_for(engine, email) if email else None
    return Explanation(
        uri,
        entry.audience,
        entry.contact,
        tuple(_because(engine, entry)),
        _readers(engine, entry.audience),
        entry.audience in caller.scope if caller else None,
        tuple(_of_person(caller, entry.audience)) if caller else (),
    )


def _of_person(caller: Caller, audience: str) -> Iterator[str]:
    yield f"{caller.email} is known and reads what is for: {', '.join(sorted(caller.scope.audiences))}."
    if audience in caller.scope:
        yield f"{audience} is one of these, so {caller.email} may read it."
    else:
        yield f"{audience} is none of these, so {caller.email} may not read it. Unknown means no."


def _readers(engine: Engine, audience: str) -> dict[str, str]:
    """The known people whose scope has the audience; members that nobody imported cannot ask."""
    names = people.names(engine)
    if audience == EVERYONE:
        return names
    query = select(audience_members.c.member).where(audience_members.c.audience == audience)
    with reading(engine) as connection:
        members = sorted(connection.execute(query).scalars())
    return {email: names[email] for email in members if email in names and audience in caller_for(engine, email).scope}


def _because(engine: Engine, entry: Entry) -> Iterator[str]:
    """Which rule of the source gave the document its audience, as far as the source can still be asked."""
    with reading(engine) as connection:
        source = connection.execute(select(sources).where(sources.c.name == entry.source)).one()
    if source.kind == VerifiedAnswers.kind:
        yield "It is a verified answer: whoever proposed it stated its audience."
        return
    if source.kind != "folder":
        yield f"It comes from {source.location}: channels that not all may join are for their members."
        return
    root = Path(source.location)
    if not root.is_dir():
        yield f"Its source {root} is not there any more, so that its rules cannot be looked at."
        return
    default = str(source.options.get("audience") or EVERYONE)
    ruled = governing(root)
    rules = rules_in(ruled, default)
    yield from (f"{ruled / FILE} is broken: {problem}." for problem in rules.problems)
    file = root / entry.uri.removeprefix(f"{entry.source}/")
    target = file.resolve()
    path = (target if target.is_relative_to(ruled) else file).relative_to(ruled).as_posix()
    rule = rules.deciding(path)
    if rule:
        yield f"{rule.name[:1].upper()}{rule.name[1:]} of {ruled / FILE} says {rule.audience.id}."
    elif (ruled / FILE).exists():
        yield f"No rule of {ruled / FILE} is about {path}; what none is about is for {rules.default.id}."
    else:
        yield f"There is no {FILE} above it, and its source was ingested for {rules.default.id}."
    yield from _stated(entry, rules.decide(path))


def _stated(entry: Entry, decided: Audience) -> Iterator[str]:
    stated = entry.facts.stated_audience
    now = narrowed(decided, stated).id
    if stated is not None and now == decided.id:
        yield f"Its front matter says {stated!r}, which opens nothing."
    elif stated is not None and now == ADMINS:
        yield f"Its front matter says {stated!r}, which is no smaller audience that could be told, so it is for {now}."
    elif stated is not None:
        yield f"Its front matter says {stated!r}, which narrows it."
    if now != entry.audience:
        yield f"That would be {now} today; {entry.audience} counts until the next ingest."
