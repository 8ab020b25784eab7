"""Law 10: every route answers every role as the committed table says, and the table has every route.

`route_roles.toml` is the table: who gets past, who is told 401, 403 or 404. Whoever adds a route adds a line; the
failing test prints it. Every method of a store that takes a caller is tried the same way.
"""

import inspect
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from app import people
from app.access import Action, Caller, caller_for
from app.bootstrap import Home
from app.client import AS_HEADER
from app.conversations import Conversations, NewMessage, Part
from app.door import service_key
from app.identity import accounts, keys, sessions
from app.people import Person
from app.server import make_app
from app.settings import Settings
from retrieval.embedder import Embedder
from retrieval.errors import Forbidden, Missing
from tests.serving import served

TABLE = Path(__file__).with_name("route_roles.toml")
ROLES = ("anonymous", "suspended", "guest", "other", "owner", "asking_key", "admin", "service")
OWNER, OTHER, ADMIN, GONE, PAT = (f"{name}@office.example" for name in ("olga", "otto", "ada", "sue", "pat"))
NO = {401, 403, 404}


def table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Home]:
    """An office: an admin, three employees, one who is suspended."""
    made = Home(Settings(home=tmp_path_factory.mktemp("roles") / "home", login="local", questions_per_minute=0))
    made.__dict__["embedder"] = embedder
    for email, groups in ((OWNER, ()), (OTHER, ()), (GONE, ()), (PAT, ()), (ADMIN, ("admins",))):
        people.add(made.engine, Person(email, email, groups, ""))
    accounts.suspend(made.engine, GONE)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def client(home: Home) -> Iterator[httpx.Client]:
    with served(home) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as made:
        yield made


def headers_of(home: Home, role: str) -> dict[str, str]:
    """A fresh credential of this role."""
    service = service_key(home.settings.home)
    if role == "suspended":
        return _bearer(service) | {AS_HEADER: GONE}
    if role in ("guest", "service"):  # an employee whom nobody knows, and the service for itself
        return _bearer(service) | ({AS_HEADER: ""} if role == "guest" else {})
    if role == "asking_key":
        return _bearer(keys.create(home.engine, OWNER, "", "ask", 1)[1])
    email = {"other": OTHER, "owner": OWNER, "admin": ADMIN}.get(role)
    return _bearer(sessions.begin(home.engine, email)) if email else {}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def address_of(home: Home, path: str) -> str:
    """The route's path with the owner's things in it, made anew, and with what is not there for everything else."""
    accounts.resume(home.engine, PAT)
    kept = Conversations(home.engine)
    owner = Caller(OWNER)
    conversation = kept.begin(owner, "A question")
    kept.add(owner, conversation, NewMessage("user", "asked", (Part("A question"),)))
    kept.add(owner, conversation, NewMessage("assistant", "answered", (Part("An answer"),)))
    known = {
        "{conversation}": conversation,
        "{email}": PAT,
        "{key}": keys.create(home.engine, OWNER, "", "ask", 1)[0].id,
        "{consumer}": "answering",
        "{name}": ".hidden",
        "{number}": "2" if path.endswith("verdict") else "1",  # the answer or the question
        "{run}": "1",
        "{table}": "days",
        "{wish}": "dance",
    }
    for name, value in known.items():
        path = path.replace(name, value)
    while "{" in path:
        path = f"{path[: path.index('{')]}x{path[path.index('}') + 1 :]}"
    return path


def outcome(response: httpx.Response, row: dict[str, Any]) -> str:
    """How the role fared: past the gate is `in`, also where what was asked for is not there."""
    if response.status_code not in NO or (response.status_code == 404 and not row.get("hidden")):
        return "in"
    if response.status_code == 401 and row.get("asks_password"):
        return "in" if response.json()["title"] == "NotSignedIn" else "401"
    return str(response.status_code)


def answers(home: Home, client: httpx.Client, route: str, row: dict[str, Any]) -> dict[str, str]:
    method, _, path = route.partition(" ")
    found = {}
    for role in ROLES:
        headers = headers_of(home, role)
        with client.stream(
            method, address_of(home, path), headers=headers, json=row.get("body"), params=row.get("query")
        ) as response:
            if response.status_code in NO:
                response.read()
            found[role] = outcome(response, row)
    return found


def test_the_table_has_every_route_and_nothing_else(home: Home) -> None:
    app = make_app(home, "key")
    routes = {f"{method} {one.path}" for one in app.routes if isinstance(one, APIRoute) for method in one.methods or ()}
    assert routes - set(table()) == set(), "Add these routes to tests/laws/route_roles.toml"
    assert set(table()) - routes == set()


@pytest.mark.heavy
@pytest.mark.parametrize("route", table())
def test_a_route_answers_each_role_as_the_table_says(home: Home, client: httpx.Client, route: str) -> None:
    row = table()[route]
    expected = dict.fromkeys(ROLES, row["others"]) | {role: row[role] for role in ROLES if role in row}
    if route != "GET /healthz":
        expected |= {"anonymous": "401", "suspended": "403"}
    assert answers(home, client, route, row) == expected


def test_no_action_is_without_a_route(home: Home) -> None:
    """Each action is asked for somewhere: a rule that nobody asks about protects nothing."""
    root = Path(inspect.getfile(Home)).parent
    source = "".join(file.read_text(encoding="utf-8") for file in root.rglob("*.py"))
    assert [action.name for action in Action if f"Action.{action.name}" not in source.replace("_RULES", "")] == []


STORE: dict[str, tuple[object, ...]] = {
    "continued": (),
    "open": (Action.READ_CONVERSATION,),
    "add": (NewMessage("user", "asked", (Part("more"),)),),
    "transcript": (),
    "turns": (),
    "rename": ("Another title",),
    "drop": (range(1, 2),),
    "forget": (),
    "read_by": (),
}
OF_NOBODY_ELSE = {"begin", "listed"}  # they take no conversation: what they give or make is the caller's own


def test_every_method_of_the_store_that_takes_a_caller_is_tried_here() -> None:
    methods = inspect.getmembers(Conversations, inspect.isfunction)
    taking = {name for name, method in methods if {"caller", "admin"} & set(inspect.signature(method).parameters)}
    assert taking == set(STORE) | OF_NOBODY_ELSE


@pytest.mark.parametrize("method", STORE)
def test_a_conversation_is_refused_to_everybody_else_in_the_store_too(home: Home, method: str) -> None:
    kept = Conversations(home.engine)
    conversation = kept.begin(Caller(OWNER), "A question")
    others = [Caller(), Caller(service=True), caller_for(home.engine, OTHER), caller_for(home.engine, ADMIN)]
    for caller in others[: 3 if method == "read_by" else 4]:
        with pytest.raises((Missing, Forbidden)):
            getattr(kept, method)(caller, conversation, *STORE[method])
    allowed = caller_for(home.engine, ADMIN if method == "read_by" else OWNER)
    getattr(kept, method)(allowed, conversation, *STORE[method])


def test_a_list_is_of_ones_own(home: Home) -> None:
    kept = Conversations(home.engine)
    mine = kept.begin(Caller(OWNER), "A question")
    assert mine in {talk.id for talk in kept.listed(Caller(OWNER))}
    for caller in (Caller(), Caller(OTHER), Caller(ADMIN, frozenset({"group:admins"}))):
        assert mine not in {talk.id for talk in kept.listed(caller)}
