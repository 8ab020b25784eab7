"""Versions as a table and as JSON: what they are, how they stand, what people said of them."""

from collections.abc import Mapping
from typing import Any

from app.feedback import Received
from app.judging.verdict import MEASURES
from app.registry.history import Change, Entry
from app.registry.promotion import verdicts_in, verdicts_on
from app.registry.prompt_record import present_prompt, retrieval_settings
from app.registry.shelf import Shelf
from app.registry.version import Version
from app.settings import Settings

_LAST = 10  # events shown
_NOTHING = Received(0, 0, 0, 0)


def rows(shelf: Shelf, received: Mapping[str, Received]) -> list[tuple[str, ...]]:
    """A row for each version."""
    return [
        (
            version.ref,
            stands(shelf, version),
            "adapter" if version.is_adapter else "model",
            f"{version.size / 1e6:,.1f} MB",
            *_counts(received.get(version.ref, _NOTHING)),
            version.created_at[:16].replace("T", " "),
        )
        for version in shelf.versions()
    ]


def stands(shelf: Shelf, version: Version) -> str:
    """How a version stands, in a few words."""
    if version.ref == shelf.promoted():
        waits = _last(shelf, version)
        return "promoted, waits for a restart" if waits is Change.WAITS else "promoted"
    last = _last(shelf, version)
    return last.value if last in (Change.FAILED, Change.ROLLED_BACK) else "before" if last else "registered"


def events(shelf: Shelf) -> list[tuple[str, ...]]:
    """What happened last, newest first."""
    return [_event(entry) for entry in reversed(shelf.history.entries()[-_LAST:])]


def as_json(shelf: Shelf, received: Mapping[str, Received]) -> dict[str, Any]:
    """`frontdesk models list --json`."""
    versions = [
        {
            "version": version.ref,
            "stands": stands(shelf, version),
            "digest": version.digest,
            "created_at": version.created_at,
            "bytes": version.size,
            **{name: getattr(received.get(version.ref, _NOTHING), name) for name in Received.__dataclass_fields__},
        }
        for version in shelf.versions()
    ]
    history = [{name: getattr(entry, name) for name in Entry.__dataclass_fields__} for entry in shelf.history.entries()]
    return {"promoted": shelf.promoted(), "versions": versions, "history": history}


def of_version(shelf: Shelf, version: Version, settings: Settings) -> dict[str, Any]:
    """`frontdesk models show --json`."""
    verdicts = [one.as_json() for one in verdicts_on(version, verdicts_in(shelf.folder / "verdicts"))]
    notes = version.differences(present_prompt(), retrieval_settings(settings))
    return version.as_json() | {
        "version": version.ref,
        "stands": stands(shelf, version),
        "verdicts": verdicts,
        "notes": notes,
    }


def details(shelf: Shelf, version: Version, settings: Settings) -> list[tuple[str, ...]]:
    """`frontdesk models show`."""
    listed: list[tuple[str, ...]] = [
        ("stands", stands(shelf, version)),
        ("kind", "adapter with its base" if version.is_adapter else "whole model"),
        ("size", f"{version.size / 1e6:,.1f} MB in {len(version.files)} files"),
        ("digest", version.digest),
        ("prompt", version.prompt.digest),
        ("kept", f"{version.created_at} by {version.created_by}, from {version.origin}"),
        ("licence", version.licence),
    ]
    listed += [(f"trained: {name}", str(value)) for name, value in version.run.items()]
    for one in verdicts_on(version, verdicts_in(shelf.folder / "verdicts")):
        listed.append((f"judged {one.at[:10]}", f"{one.result} than {one.old.name}: {one.why}"))
        listed += [(f"  {MEASURES[name]}", f"{found.mean:.3f}") for name, found in one.new.measures.items()]
    listed += [("note", note) for note in version.differences(present_prompt(), retrieval_settings(settings))]
    return listed


def _counts(received: Received) -> tuple[str, str, str, str]:
    return str(received.answers), str(received.refusals), str(received.good), str(received.bad)


def _last(shelf: Shelf, version: Version) -> Change | None:
    of_it = [entry.change for entry in shelf.history.entries() if entry.version == version.ref]
    return of_it[-1] if of_it else None


def _event(entry: Entry) -> tuple[str, ...]:
    return entry.at[:19].replace("T", " "), entry.change.value, entry.version, entry.who, entry.why
