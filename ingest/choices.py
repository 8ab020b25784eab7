"""What somebody chose for a source when ingesting it, kept so that it can be ingested again by its name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.errors import Unusable
from retrieval.ledger.runs import SourceEntry


@dataclass(frozen=True, slots=True)
class Choices:
    """The audience where no rule decides, and path patterns; empty where nothing was chosen."""

    audience: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def completed(self, before: SourceEntry | None) -> "Choices":
        """What is not chosen now stays as it was: nobody opens a folder to everyone by leaving out a flag."""
        kept: Mapping[str, Any] = before.options if before else {}
        chosen = {field.name: getattr(self, field.name) or kept.get(field.name) or () for field in fields(self)}
        return Choices(chosen["audience"] or "", tuple(chosen["include"]), tuple(chosen["exclude"]))


def path_of(path: Path, known: Iterable[SourceEntry]) -> Path:
    """The path itself, or where the known source of this name lies."""
    if path.exists():
        return path
    named = {source.name: source.path for source in known}
    if named.get(str(path)):
        return Path(named[str(path)])
    known_too = f" Known sources are: {', '.join(named)}" if named else ""
    raise Unusable(f"There is nothing at {path}. A folder, a document or a Slack export ZIP was expected.{known_too}")
