"""The server's routes for its own state: health, and the settings with their origin; secrets are hidden."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app import doctor
from app.access import Action, authorize
from app.admin.health import health
from app.callers import Asking, Serving


def state(home: Serving, caller: Asking) -> dict[str, Any]:
    """How the home is, and what is wrong."""
    authorize(caller, Action.MANAGE)
    return asdict(health(home))


def settings(home: Serving, caller: Asking) -> list[dict[str, str]]:
    """Each setting with its value, where that comes from, and what it decides."""
    authorize(caller, Action.MANAGE)
    names = ("name", "value", "origin", "meaning")
    return [dict(zip(names, row, strict=True)) for row in doctor.settings_shown(home.settings)]


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/admin/health", "GET", state),
    ("/api/admin/settings", "GET", settings),
]
