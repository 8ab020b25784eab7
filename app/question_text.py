"""Whether a text can be a question at all. Pure."""

from retrieval.errors import QuestionRefused


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
