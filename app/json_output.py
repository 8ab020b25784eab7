"""What the command line's --json prints: builtins from our values. Pure."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.events import AnswerEvent, Done, Failed, Refused
from ingest.report import Report
from retrieval.budget import TokenUse
from retrieval.document import Facts
from retrieval.errors import QuestionRefused
from retrieval.ledger.documents import Entry
from retrieval.ledger.runs import Failure, Run
from retrieval.search import Hit

if TYPE_CHECKING:
    from retrieval.near_copies import Copy

Json = dict[str, Any]


def of_report(report: Report) -> Json:
    """`frontdesk ingest --json`."""
    speed = {
        "tokens_embedded": report.tokens_embedded,
        "tokens_per_second": round(report.tokens_per_second),
        "embedder_busy": round(report.embedder_busy, 3),
        "seconds": round(report.seconds, 3),
        "stopped": report.stopped,
    }
    concerns = [{"uri": uri} | asdict(concern) for uri, concern in report.concerns]
    return (
        report.counts() | {"failed": _failures(report.failed), "concerns": concerns, "remarks": report.remarks} | speed
    )


def of_answer(event: AnswerEvent) -> Json:
    """`frontdesk ask --json`, from the event that ended the question."""
    if isinstance(event, Failed):
        return _answer("failed", event.message, TokenUse(), event.timings_ms, event.conversation)
    assert isinstance(event, Done | Refused)
    status = "answered" if isinstance(event, Done) else "refused"
    fields = _answer(status, event.answer, event.tokens, event.timings_ms, event.conversation)
    if isinstance(event, Done):
        names = ("number", "uri", "title", "quote")
        fields["citations"] = [{name: getattr(one, name) for name in names} for one in event.citations]
        fields["model"], fields["instead_of"] = event.model, event.instead_of
    return fields


def of_unasked(exc: QuestionRefused) -> Json:
    """`frontdesk ask --json` for a question that was not accepted."""
    return _answer("failed", exc.user_message, TokenUse(), {}, "")


def of_hits(hits: Sequence[Hit]) -> Json:
    """`frontdesk search --json`."""
    rows = [
        {
            "uri": hit.chunk.uri,
            "title": hit.chunk.title,
            "heading_path": list(hit.chunk.heading_path),
            "cosine": round(hit.cosine, 4),
            "bm25": round(hit.bm25, 4),
            "relevance": round(hit.relevance, 4),
            "text": hit.chunk.text,
        }
        for hit in hits
    ]
    return {"hits": rows}


def of_documents(entries: Sequence[Entry], failures: Sequence[Failure]) -> Json:
    """`frontdesk documents --json`."""
    fields = ("uri", "title", "audience", "contact", "version")
    rows = [
        {name: getattr(entry, name) for name in fields}
        | _facts(entry.facts)
        | {"concerns": [asdict(concern) for concern in entry.concerns]}
        for entry in entries
    ]
    return {"documents": rows, "failed": _failures(failures)}


def of_near_copies(groups: Sequence[Sequence["Copy"]]) -> Json:
    """`frontdesk documents --duplicates --json`."""
    rows = [[{"uri": copy.uri, "similarity": round(copy.similarity, 2)} for copy in group] for group in groups]
    return {"near_copies": rows}


def _facts(facts: Facts) -> Json:
    begins, ends = facts.effective_from, facts.effective_until
    return {
        "countries": list(facts.countries),
        "effective_from": begins and begins.isoformat(),
        "effective_until": ends and ends.isoformat(),
        "supersedes": list(facts.supersedes),
    }


def _failures(failures: Sequence[Failure]) -> list[Json]:
    return [{"uri": failure.uri, "reason": failure.reason} for failure in failures]


def _answer(status: str, answer: str, tokens: TokenUse, timings: dict[str, float], conversation: str) -> Json:
    return {
        "status": status,
        "answer": answer,
        "citations": [],
        "tokens": asdict(tokens),
        "timings_ms": timings,
        "conversation": conversation,
        "model": "",
        "instead_of": "",
    }


def of_run(run: Run) -> Json:
    """A run with what follows from its numbers."""
    moments = {name: getattr(run, name) for name in ("started_at", "seen_at", "ended_at")}
    times = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    left = run.seconds_left
    return asdict(run) | times | {"done": run.done, "seconds_left": None if left is None else round(left, 1)}
