"""The page's gate: who is let through to the page, and the headers that every answer carries."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.client import Unanswered
from app.identity.login_client import SignedIn
from ui.screens.admin.pages import TITLES
from ui.web_gate import Gate, House

HOST = "http://127.0.0.1:8611"
SOCKET = "ws://127.0.0.1:8611/_stcore/stream"
SIGNED_IN = SignedIn("ada@office.example", "Ada", admin=True, has_password=True)
HTML = {"Accept": "text/html"}
_PAGES = [f"/{url}" for url in ("chat", *TITLES)]
PATHS = ("/", *_PAGES, "/_stcore/upload_file/a/b", "/media/x.png", "/_stcore/agent/openapi.json", "/account", "/x")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


def _known(token: str) -> SignedIn | None:
    people = {"valid": SIGNED_IN, "employee": replace(SIGNED_IN, admin=False)}
    return people.get(token)


def page(house: House, who: Callable[[str], SignedIn | None] = _known) -> TestClient:
    """Something behind the gate, in place of Streamlit."""
    everything = Route("/{path:path}", lambda _: PlainTextResponse("inside"), methods=["GET", "POST", "PUT"])
    routes = [WebSocketRoute("/_stcore/stream", _socket), everything]
    app = Starlette(routes=routes, middleware=[Middleware(Gate, house=house, who=who)])
    return TestClient(app, base_url=HOST, follow_redirects=False)


def cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"frontdesk_session={token}"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", ["", "ended"])
def test_without_a_valid_session_nothing_of_the_page_is_reached(path: str, token: str) -> None:
    for login in ("local", "oidc"):
        client = page(House(login))
        asked = client.get(path, headers=cookie(token) | HTML)
        assert (asked.status_code, asked.headers["location"].startswith("/login")) == (303, True)
        assert client.get(path, headers=cookie(token)).status_code == 401
        assert client.post(path, headers=cookie(token) | HTML).status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_with_one_everything_is(path: str) -> None:
    assert page(House("local")).get(path, headers=cookie("valid")).text == "inside"


def test_files_are_taken_from_admins_only() -> None:
    client, path = page(House("local")), "/_stcore/upload_file/a/b"
    assert client.put(path, headers=cookie("employee")).status_code == 403
    assert client.put(path, headers=cookie("valid")).text == "inside"
    assert client.get("/", headers=cookie("employee")).text == "inside"


@pytest.mark.parametrize("path", ["/login", "/logout", "/welcome?link=x", "/static/js/a.js", "/_stcore/health"])
def test_the_way_in_is_open(path: str) -> None:
    assert page(House("local")).get(path).text == "inside"


def test_where_nobody_signs_in_the_page_is_open_to_this_machine() -> None:
    client = page(House())
    assert client.get("/").text == "inside"
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421


def test_one_comes_back_to_where_one_wanted() -> None:
    asked = page(House("local")).get("/?conversation=abc&x=1", headers=HTML)
    assert asked.headers["location"] == "/login?after=/%3Fconversation%3Dabc%26x%3D1"


def test_the_page_answers_under_the_names_that_the_settings_say() -> None:
    client = page(House("local", "https://desk.example", "10.0.0.7"))
    for host in ("desk.example", "10.0.0.7:8611", "localhost"):
        assert client.get("/login", headers={"Host": host}).status_code == 200
    for host in ("evil.example", "desk.example.evil.example", "[bad", ""):
        assert client.get("/login", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8611"])
def test_other_sites_and_other_ports_send_nothing(origin: str) -> None:
    client = page(House("local"))
    refused = client.post("/login", headers=cookie("valid") | {"Origin": origin})
    assert refused.status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(SOCKET, headers=cookie("valid") | {"Origin": origin}),
    ):
        pass


def test_a_browser_that_says_cross_site_without_an_origin_is_refused() -> None:
    client = page(House("local"))
    assert client.post("/login", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/login", headers={"Sec-Fetch-Site": "same-origin"}).text == "inside"


def test_the_pages_own_socket_opens_with_a_session_only() -> None:
    client, own = page(House("local")), {"Origin": HOST}
    with client.websocket_connect(SOCKET, headers=cookie("valid") | own):
        pass
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers=own):
        pass


def test_where_the_server_is_away_nobody_is_let_in_and_told_so() -> None:
    def away(_: str) -> SignedIn | None:
        raise Unanswered("The server cannot be reached")

    response = page(House("local"), away).get("/", headers=cookie("valid") | HTML)
    assert (response.status_code, response.text) == (503, "The server cannot be reached")


def test_every_answer_carries_the_security_headers_also_a_refusal() -> None:
    client = page(House("local"))
    for response in (client.get("/login"), client.get("/", headers=HTML), client.get("/", headers={"Host": "x"})):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-frame-options"] == "DENY"
        assert response.headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
        assert response.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in response.headers


def test_over_tls_the_cookie_and_the_browser_are_told_so() -> None:
    house = House("local", "https://desk.example")
    assert (house.secure, house.cookie) == (True, "__Host-frontdesk_session")
    response = page(house).get("/login", headers={"Host": "desk.example"})
    assert response.headers["strict-transport-security"] == "max-age=31536000"
