"""Small invented corpora for the laws: documents of several audiences that replace, repeat and limit each other."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st

from app.bootstrap import Home
from app.settings import Settings
from retrieval.access import Scope
from retrieval.document import NO_FACTS, Facts
from tests.stored import store
from tests.word_embedder import WordEmbedder

FEW = settings(max_examples=15, deadline=None)
MANY = settings(max_examples=60, deadline=None)

AUDIENCES = ("everyone", "group:hr", "slack:T1/C1")
URIS = ("plan 2024", "plan 2025", "plan 2026", "overtime (Germany)", "overtime (Portugal)", "handbook/leave.md")
SENTENCES = (
    "Overtime is paid with time off.",
    "Overtime is paid with money.",
    "Annual leave is 25 days.",
    "The bonus plan of the year pays three percent of the salary to all who joined before the first of May.",
    "The bonus plan of the year pays four percent of the salary to all who joined before the first of May.",
    "Leave is booked in Meadow at least five working days ahead, and the manager confirms it within two days.",
    "A lost badge is blocked by calling the guard at once. New badges take an hour.",
)
_WORDS = """
    What How much is overtime paid bonus plan leave badge days salary booked 2024 2025 Germany Portugal Hamburg ? it and
    formerly used to, last year was; zebra volcano 🎉 年次休暇
"""
QUESTIONS = st.lists(st.sampled_from(_WORDS.split()), min_size=1, max_size=9).map(" ".join)
SCOPES = st.sets(st.sampled_from(AUDIENCES)).map(lambda audiences: Scope(frozenset(audiences)))
_DATES = st.one_of(st.none(), st.sampled_from((date(2024, 12, 31), date(2099, 1, 1))))
_FACTS = st.builds(
    lambda countries, until, supersedes: Facts(tuple(sorted(countries)), None, until, tuple(sorted(supersedes))),
    st.sets(st.sampled_from(("DE", "PT")), max_size=1),
    _DATES,
    st.sets(st.sampled_from(URIS), max_size=2),
)


@dataclass(frozen=True)
class Written:
    """One document of a corpus; its uri is its title."""

    uri: str
    texts: tuple[str, ...]
    audience: str
    facts: Facts = NO_FACTS


Corpus = Sequence[Written]
NewHome = Callable[[Corpus], AbstractContextManager[Home]]
CORPORA = st.lists(
    st.builds(
        Written,
        st.sampled_from(URIS),
        st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3, unique=True).map(tuple),
        st.sampled_from(AUDIENCES),
        _FACTS,
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda document: document.uri,
)


def of_words(folder: Path) -> Home:
    """The home in this folder, with the quick embedder."""
    home = Home(Settings(home=folder))
    home.__dict__["embedder"] = WordEmbedder()
    return home


@contextmanager
def filled(ledger: Path, corpus: Corpus) -> Iterator[Home]:
    """A home with these documents that begins with a copy of an empty ledger, as migrating takes long."""
    folder = Path(mkdtemp(dir=ledger.parent))
    shutil.copy(ledger, folder)
    home = of_words(folder)
    try:
        for document in corpus:
            store(
                home.engine,
                home.embedder,
                document.uri,
                *document.texts,
                audience=document.audience,
                facts=document.facts,
            )
        yield home
    finally:
        home.engine.dispose()
        shutil.rmtree(folder)


def inside(corpus: Corpus, scope: Scope) -> list[Written]:
    """The documents that the scope may see."""
    return [document for document in corpus if document.audience in scope]


def secrets(corpus: Corpus, scope: Scope) -> set[str]:
    """Uris and texts that stand only in documents outside the scope."""
    seen = {text for document in inside(corpus, scope) for text in (document.uri, *document.texts)}
    return {text for document in corpus for text in (document.uri, *document.texts)} - seen
