"""Looking at this machine and this home: settings with their origin, and what is wrong."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from pydantic import SecretStr

from app.bootstrap import Home
from app.registry.shelf import shelf_of
from app.settings import Settings, origins, without_secrets
from ingest.jail import LIMITS, Jail
from retrieval.errors import FrontdeskError
from retrieval.ledger import lookup

_FAISS_BUILDS = ("faiss-cpu", "faiss-gpu")  # and all that begin so: faiss-gpu-cu12, ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str


@dataclass(frozen=True, slots=True)
class Examination:
    """All of it. `settings` rows are name, value, origin, meaning."""

    settings: list[tuple[str, ...]]
    checks: list[Check]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """The same as one JSON object."""
        settings = {name: {"value": value, "origin": origin} for name, value, origin, _ in self.settings}
        checks = [{"name": check.name, "ok": check.ok, "found": check.found} for check in self.checks]
        return {"ok": self.ok, "settings": settings, "checks": checks}


def examine(settings: Settings) -> Examination:
    """Look at everything; a check that fails does not stop the others."""
    home = Home(settings)
    checks: list[tuple[str, Callable[[Home], str]]] = [
        ("sqlite", lambda _: _full_text_search()),
        ("faiss", lambda _: _faiss()),
        ("reading documents apart", lambda _: _jail()),
        ("home", _home),
        ("ledger", _ledger),
        ("embedder", _embedder),
        ("index", _index),
        ("answers come from", _answerer),
    ]
    return Examination(settings_shown(settings), [_check(name, look, home) for name, look in checks])


def settings_shown(settings: Settings) -> list[tuple[str, ...]]:
    """Each setting's name, value, origin and meaning; secrets are hidden."""
    from_where = origins()
    return [
        (name, _shown(getattr(settings, name)), from_where[name], field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def _check(name: str, look: Callable[[Home], str], home: Home) -> Check:
    try:
        return Check(name, ok=True, found=look(home))
    except FrontdeskError as exc:
        return Check(name, ok=False, found=exc.user_message)


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    return without_secrets(str(value))


def _full_text_search() -> str:
    with sqlite3.connect(":memory:") as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
        except sqlite3.OperationalError as exc:
            raise FrontdeskError(
                "This Python's SQLite has no FTS5, which word search needs. Use a Python built with it"
            ) from exc
    return f"SQLite {sqlite3.sqlite_version} with full-text search"


def _faiss() -> str:
    """All builds bring the same folder, so a second one half replaces the first."""
    names = {one.name.lower().replace("_", "-"): one.version for one in metadata.distributions() if one.name}
    found = {name: version for name, version in sorted(names.items()) if name.startswith(_FAISS_BUILDS)}
    if len(found) != 1:
        install = "pip install 'frontdesk[cpu]', or 'frontdesk[gpu]' where there is a GPU"
        if not found:
            raise FrontdeskError(f"FAISS is not installed. Run: {install}")
        raise FrontdeskError(
            f"{' and '.join(found)} are installed over each other. Run: pip uninstall {' '.join(found)}; then {install}"
        )
    return " ".join(*found.items())


def _jail() -> str:
    """What a system has no limit for is said, and is not wrong: a Mac has nothing better."""
    with Jail() as jail:
        held = [limit for limit in LIMITS if limit in jail.held]
    missing = [limit for limit in LIMITS if limit not in held]
    return f"limited: {', '.join(held)}" + (f"; not limited here: {', '.join(missing)}" if missing else "")


def _home(home: Home) -> str:
    _ = home.engine
    return f"{home.settings.home}, mode {home.settings.home.stat().st_mode & 0o777:o}"


def _ledger(home: Home) -> str:
    document_count, chunk_count = lookup.counts(home.engine)
    return f"{document_count} documents, {chunk_count} chunks" + ("" if document_count else "; frontdesk ingest FOLDER")


def _embedder(home: Home) -> str:
    vector = home.embedder.query("Does it work?")
    return f"{home.embedder.id}, {len(vector)} dimensions, {home.embedder.runtime}"


def _index(home: Home) -> str:
    home.indexes.catch_up()
    return f"up to date at change {home.indexes.dense.seq}"


def _answerer(home: Home) -> str:
    names = ", ".join(home.answerers)
    promoted = "" if home.settings.llm else shelf_of(home.settings.home).promoted()
    if promoted and promoted not in home.answerers:
        raise FrontdeskError(f"{names}; {promoted} is promoted but cannot be used: set LOG_LEVEL=ERROR to see why")
    return names
