"""What the pages of admins say, as text. Pure; whatever comes from documents or people is escaped."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.admin.rows import AnswerRow, ChangeRow, DocumentRow, PersonRow, RunRow, SourceRow
from ui.web_markdown import escaped

ADMINS = "group:admins"
FIRST_STEPS = (
    "**There are no documents yet.** Three steps: add some below, watch them being read on the page *Runs*, then ask "
    "about them in the *Chat*."
)
SCHEDULES = {
    0: "By hand only",
    15: "Every 15 minutes",
    60: "Every hour",
    24 * 60: "Every day",
    7 * 24 * 60: "Every week",
}
STATES = {
    "running": ("Running", "blue"),
    "done": ("Done", "green"),
    "paused": ("Paused", "orange"),
    "cancelled": ("Cancelled", "gray"),
    "failed": ("Failed", "red"),
    "interrupted": ("Interrupted", "orange"),
}
STANDS = {"approved": ("Given", "green"), "proposed": ("Waits for approval", "orange")}
KINDS = {
    "folder": "Folder",
    "slack-export": "Slack export",
    "slack-workspace": "Live Slack",
    "verified-answers": "Verified answers",
}
WHO = "Who may read it?"
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_SHOWN = 8


def count(number: int, noun: str) -> str:
    """`1 document`, `2,000 documents`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(many: int) -> str:
    """Bytes, as people say them."""
    value, unit = float(many), _UNITS[0]
    for bigger in _UNITS[1:]:
        if value < 1024:
            break
        value, unit = value / 1024, bigger
    return f"{value:.0f} {unit}" if unit == _UNITS[0] else f"{value:.1f} {unit}"


def moment(iso: str | None) -> str:
    """A time of the server's as `2026-01-05 14:30 UTC`."""
    return f"{iso[:10]} {iso[11:16]} UTC" if iso else ""


def source_line(source: SourceRow) -> str:
    """What a source is, where it lies, how much it holds."""
    kind = KINDS.get(source.kind, source.kind)
    where = "uploaded here" if source.uploaded else escaped(source.path or source.location)
    default = source.options.get("audience")
    for_whom = f" · for {escaped(str(default))} where no rule says otherwise" if default else ""
    return f"{kind}, {where} · {count(source.documents, 'document')}{for_whom}"


def run_line(run: RunRow) -> str:
    """What a run has done, in one line."""
    names = ("added", "updated", "removed", "unchanged", "failed")
    parts = [f"{run.counts[name]:,} {name}" for name in names if run.counts.get(name)]
    begun = f"began {moment(run.started_at)}"
    ended = f"ended {moment(run.ended_at)}" if run.ended_at else ""
    return " · ".join(filter(None, [", ".join(parts), begun, ended]))


def progress(run: RunRow) -> tuple[float, str]:
    """How far a run is, 0..1, and in words."""
    if not run.total:
        return 0.0, f"{run.done:,} read; counting"
    left = f", about {duration(run.seconds_left)} left" if run.seconds_left else ""
    return min(1.0, run.done / run.total), f"{run.done:,} of {count(run.total, 'document')}{left}"


def duration(seconds: float) -> str:
    """`5 seconds`, `3 minutes`, `2 hours`."""
    if seconds < 90:
        return count(max(1, round(seconds)), "second")
    minutes = round(seconds / 60)
    return count(minutes, "minute") if minutes < 90 else count(round(minutes / 60), "hour")


def document_line(document: DocumentRow) -> str:
    """Where a document comes from, who may read it, when it applies."""
    countries = f"in {', '.join(document.countries)}" if document.countries else ""
    begins, ends = document.effective_from, document.effective_until
    times = " ".join(filter(None, [f"from {begins}" if begins else "", f"until {ends}" if ends else ""]))
    parts = [document.uri, f"for {document.audience}", countries, times]
    return " · ".join(escaped(part) for part in parts if part)


def receipt_line(receipt: Mapping[str, Any]) -> str:
    """What a deletion did and found."""
    deleted = receipt["deleted"]
    passages, messages = count(deleted["chunks"], "passage"), count(deleted["messages"], "message")
    gone = f"Deleted with {passages} and {messages} that rested on it."
    looked = (
        f" Its text was looked for in {count(len(receipt['columns']), 'column')} of the database and in "
        f"{count(len(receipt['files']), 'file')}: "
    )
    if receipt["clean"]:
        return f"{gone}{looked}nothing is left."
    return f"{gone}{looked}some is left in {escaped(', '.join(receipt['found']))}."


def removal_line(removed: Mapping[str, Any]) -> str:
    """What went with a source."""
    gone = f"Deleted {escaped(removed['source'])} with {count(removed['documents'], 'document')}."
    stays = removed["file_stays"]
    return f"{gone} Its files stay in {escaped(stays)}; ingest it again to bring it back." if stays else gone


def change_lines(change: ChangeRow) -> list[str]:
    """What an import of people would change."""
    lines = []
    if change.added:
        lines.append(f"**{len(change.added):,} new**: {_some(change.added)}")
    if change.removed:
        lines.append(
            f"**{len(change.removed):,} removed**, who can ask only as any employee then: {_some(change.removed)}"
        )
    changed = [f"{email} {', '.join(told)}" for email, told in change.changed.items()]
    if changed:
        lines.append(f"**{len(changed):,} changed**: {_some(changed, '; ')}")
    lines.append(f"{change.unchanged:,} stay as they are.")
    return lines


def group_counts(people: Sequence[PersonRow]) -> dict[str, int]:
    """How many people each group has, by name."""
    names = sorted({group for person in people for group in person.groups})
    return {name: sum(name in person.groups for person in people) for name in names}


def stands(answer: AnswerRow) -> tuple[str, str]:
    """How a verified answer stands, and the colour of that."""
    return STANDS.get(answer.stands, (answer.stands[:1].upper() + answer.stands[1:], "red"))


def _some(names: Sequence[str], between: str = ", ") -> str:
    more = len(names) - _SHOWN
    return escaped(between.join(names[:_SHOWN])) + (f" and {more:,} more" if more > 0 else "")
