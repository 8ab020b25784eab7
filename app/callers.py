"""Who a request speaks for, and which home serves it: the dependencies that every route shares."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Header, Request

from app.access import Action, Caller, authorize, caller_for
from app.bootstrap import Home
from app.client import AS_HEADER
from app.identity.bearer import Bearer
from retrieval.errors import Forbidden


def _home(request: Request) -> Home:
    return request.app.state.home  # type: ignore[no-any-return]


Serving = Annotated[Home, Depends(_home)]


def _caller(
    request: Request, home: Serving, frontdesk_as: Annotated[str | None, Header(alias=AS_HEADER)] = None
) -> Caller:
    bearer: Bearer = request.state.bearer  # whom the door let in
    if bearer.service:
        return replace(caller_for(home.engine, frontdesk_as), service=frontdesk_as is None)
    if frontdesk_as is not None:
        raise Forbidden("Only the service's own key may speak for somebody")
    caller = caller_for(home.engine, bearer.email)
    return replace(caller, session=bearer.session, asks_only=not bearer.manages)


Asking = Annotated[Caller, Depends(_caller)]


def _questioner(request: Request, caller: Asking) -> Caller:
    authorize(caller, Action.ASK)
    request.app.state.throttle.ask(caller.email)
    return caller


Questioning = Annotated[Caller, Depends(_questioner)]
"""The same for routes that answer: nobody asks more often than the settings allow."""
