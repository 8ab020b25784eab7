"""A question as it is asked, and whether its text can be one at all. Pure."""

from dataclasses import dataclass

from app.access import Caller
from retrieval.access import Scope
from retrieval.errors import QuestionRefused
from retrieval.rewrite import Turn


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `turns` is history that the client brings itself; then nothing is kept.

    `conversation` continues one; without it a new one begins. `alone` is what the asker may read where nobody else sees
    the answer, if others see this one. `replaces` is the number of an earlier question in the conversation: it and all
    after it are forgotten, as soon as the new one has its answer.
    """

    text: str
    caller: Caller
    conversation: str = ""
    turns: tuple[Turn, ...] | None = None
    answerer: str = ""
    alone: Scope | None = None
    replaces: int = 0


def refuse_unusable(question: str) -> None:
    """Raise QuestionRefused for a text that is no question."""
    if not question.strip():
        raise QuestionRefused("The question is empty. Please type one")
    refuse_broken(question)


def refuse_broken(text: str) -> None:
    """Raise QuestionRefused for a text that cannot be written down."""
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise QuestionRefused("The question is no valid UTF-8 text. Please type it again") from exc
