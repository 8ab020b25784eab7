"""Who a request speaks for, and which home serves it: the dependencies that every route shares."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Header, Request

from app.access import Caller, caller_for
from app.bootstrap import Home
from app.client import AS_HEADER


def _home(request: Request) -> Home:
    return request.app.state.home  # type: ignore[no-any-return]


Serving = Annotated[Home, Depends(_home)]


def _caller(home: Serving, frontdesk_as: Annotated[str | None, Header(alias=AS_HEADER)] = None) -> Caller:
    # Whoever got through the door holds the service key, which alone may speak for another caller.
    return replace(caller_for(home.engine, frontdesk_as), service=frontdesk_as is None)


Asking = Annotated[Caller, Depends(_caller)]
