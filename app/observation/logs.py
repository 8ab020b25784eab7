"""Log lines, plain for a person or as JSON for a log collector. Ids and counts; no words that people wrote."""

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from app.observation.ended import Ended

_ANSWERS = "frontdesk.answers"
_log = logging.getLogger(_ANSWERS)


def set_up(level: int, *, as_json: bool) -> None:
    """Everything that this process logs goes to standard error in this form, from whichever library it comes."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Neither shows the values of variables, which the library's own tracebacks do: a question is among them.
    plain = structlog.dev.plain_traceback
    as_facts = ExceptionDictTransformer(show_locals=False)
    ending: list[structlog.typing.Processor] = (
        [structlog.processors.ExceptionRenderer(as_facts), structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger(_ANSWERS).setLevel(logging.INFO)


def ended(question: Ended) -> None:
    """One line for each question that ended, for a log collector."""
    told = {
        "outcome": question.outcome,
        "model": question.model,
        "conversation": question.conversation,
        "error": question.error,
        "prompt_tokens": question.prompt_tokens,
    }
    _log.info("question ended", extra=told | {f"{stage}_ms": value for stage, value in question.timings_ms.items()})
