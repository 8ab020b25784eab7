"""The server's routes for the versions of the company's model. A running server follows a promotion by itself."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.access import Action, authorize
from app.admin.models import card_of, models, verdicts_of, version_of
from app.callers import Asking, Serving
from app.identity import audit
from app.registry.promotion import promote, roll_back, verdicts_on
from app.registry.shelf import shelf_of


class Why(BaseModel):
    """The reason, which is kept; a version with a verdict for it needs none."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=1000)


_NO_REASON = Why()


def listed(home: Serving, caller: Asking) -> dict[str, Any]:
    """What answers now, all versions with verdicts and feedback, and what happened last."""
    authorize(caller, Action.MANAGE)
    return asdict(models(home))


def shown_card(name: str, number: str, home: Serving, caller: Asking) -> dict[str, str]:
    """A version's model card, as Markdown."""
    authorize(caller, Action.MANAGE)
    shelf = shelf_of(home.settings.home)
    return {"card": card_of(shelf, version_of(shelf, name, number))}


def promoted(name: str, number: str, home: Serving, caller: Asking, body: Why = _NO_REASON) -> dict[str, str]:
    """Let a version answer: with a verdict that shows it better, or for a reason. Reads its files, which takes time."""
    authorize(caller, Action.MANAGE)
    shelf = shelf_of(home.settings.home)
    version, verdicts = version_of(shelf, name, number), verdicts_of(shelf)
    entry = promote(shelf, version, verdicts, body.reason, caller.email)
    shelf.describe(version, verdicts_on(version, verdicts))
    audit.note(home.engine, caller.email, "promoted a model", version.ref, entry.why)
    return {"version": entry.version, "before": entry.before, "why": entry.why}


def rolled_back(home: Serving, caller: Asking, body: Why = _NO_REASON) -> dict[str, str]:
    """Let the version answer that was promoted before, or quotes where there was none."""
    authorize(caller, Action.MANAGE)
    shelf = shelf_of(home.settings.home)
    entry = roll_back(shelf, body.reason.strip(), caller.email)
    audit.note(home.engine, caller.email, "rolled a model back", entry.version, entry.why)
    return {"version": shelf.promoted(), "before": entry.version}


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/admin/models", "GET", listed),
    ("/api/admin/models/roll-back", "POST", rolled_back),
    ("/api/admin/models/{name}/{number}/card", "GET", shown_card),
    ("/api/admin/models/{name}/{number}/promote", "POST", promoted),
]
