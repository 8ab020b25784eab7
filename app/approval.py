"""Making a person's answer one that is given, and taking it back."""

from app import verified_answers
from app.bootstrap import Home
from ingest.report import NoProgress
from ingest.verified import VerifiedAnswers
from retrieval.ledger.documents import entries_at


def approve(home: Home, answer: str) -> None:
    """Let an answer be given from now on.

    Raises:
        Missing: there is no such answer.
        Unusable: it has expired, or what it rests on is gone or was closed meanwhile.
    """
    with home.alone():
        verified_answers.approve(home.engine, answer)
        home.ingest_source(VerifiedAnswers(verified_answers.approved(home.engine)), NoProgress())
        verified_answers.note_sources(home.engine, answer)


def take_back(home: Home, answer: str) -> None:
    """Delete an answer everywhere.

    Raises:
        Missing: there is no such answer.
    """
    with home.alone():
        verified_answers.answer_of(home.engine, answer)
        uri = verified_answers.uri_of(home.engine, answer)
        if uri and entries_at(home.engine, [uri]):
            home.remove(uri)
        else:
            verified_answers.forget(home.engine, answer)
