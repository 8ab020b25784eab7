"""The page's routes to sign in and out, in front of a real server; a line of text stands for Streamlit's page."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app import people
from app.bootstrap import Home
from app.client import Client, Unanswered
from app.door import KEY_FILE
from app.identity import accounts, links, passwords, sessions
from app.identity.links import FIRST_ADMIN
from app.identity.login_client import LoginClient, SignedIn
from app.people import Person
from app.settings import Settings
from retrieval.embedder import Embedder
from tests.app.identity.provider import CLIENT, SmallProvider, small_provider
from tests.serving import served
from ui.web_gate import Gate, House
from ui.web_login import HANDLERS, Login

ADA, SAM = "ada@office.example", "sam@office.example"
PASSWORD = "four plain words here"
HOST = "http://127.0.0.1:8611"
HTML = {"Accept": "text/html", "Origin": HOST}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Home]:
    made = Home(Settings(home=tmp_path_factory.mktemp("login") / "home", login="local"))
    made.__dict__["embedder"] = embedder
    people.add(made.engine, Person(SAM, "Sam", (), ""))
    accounts.set_password(made.engine, SAM, passwords.hashed(PASSWORD))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def url(home: Home) -> Iterator[str]:
    with served(home) as address:
        yield address


def browser(house: House, client: LoginClient, host: str = HOST) -> TestClient:
    routes = [*Login(house, client).routes, Route("/", lambda _: PlainTextResponse("inside"))]
    gate = Middleware(Gate, house=house, who=client.who)
    app = Starlette(routes=routes, middleware=[gate], exception_handlers=HANDLERS)
    return TestClient(app, base_url=host, follow_redirects=False, headers=HTML | {"Origin": host})


@pytest.fixture
def login(home: Home, url: str) -> Iterator[LoginClient]:
    made = LoginClient(url, home.settings.home / KEY_FILE)
    yield made
    made.close()


@pytest.fixture
def page(login: LoginClient) -> TestClient:
    return browser(House("local"), login)


def test_who_signs_in_is_inside_until_signing_out(page: TestClient) -> None:
    assert page.get("/").headers["location"] == "/login"
    entered = page.post("/login", data={"email": SAM, "password": PASSWORD, "after": "/?conversation=abc"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/?conversation=abc")
    assert page.get("/").text == "inside"
    assert page.post("/logout").headers["location"] == "/login"
    assert page.get("/").headers["location"] == "/login"


def test_the_cookie_is_for_this_page_only_and_no_script_reads_it(page: TestClient, login: LoginClient) -> None:
    told = page.post("/login", data={"email": SAM, "password": PASSWORD}).headers["set-cookie"]
    morsel = SimpleCookie(told)["frontdesk_session"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["secure"], morsel["domain"]) == (
        True, "lax", "/", "", "",
    )  # fmt: skip
    over_tls = browser(House("local", "https://desk.example"), login, "https://desk.example")
    told = over_tls.post("/login", data={"email": SAM, "password": PASSWORD}).headers["set-cookie"]
    morsel = SimpleCookie(told)["__Host-frontdesk_session"]
    assert (morsel["secure"], morsel["httponly"], morsel["path"], morsel["domain"]) == (True, True, "/", "")


def test_a_wrong_password_is_told_and_opens_nothing(page: TestClient) -> None:
    refused = page.post("/login", data={"email": SAM, "password": "wrong"})
    assert (refused.status_code, "The e-mail address or the password is wrong." in refused.text) == (401, True)
    assert "set-cookie" not in refused.headers
    assert page.get("/").headers["location"] == "/login"


def test_a_session_that_the_browser_brought_along_is_not_adopted_but_ended(page: TestClient, home: Home) -> None:
    planted = sessions.begin(home.engine, SAM)
    page.cookies.set("frontdesk_session", planted, domain="127.0.0.1")
    page.post("/login", data={"email": SAM, "password": PASSWORD})
    assert page.cookies["frontdesk_session"] != planted
    assert sessions.session_of(home.engine, planted) is None


def test_another_sites_form_signs_nobody_in_or_out(page: TestClient) -> None:
    page.post("/login", data={"email": SAM, "password": PASSWORD})
    evil = {"Origin": "https://evil.example"}
    assert page.post("/logout", headers=evil).status_code == 403
    assert page.post("/login", headers=evil, data={"email": SAM, "password": PASSWORD}).status_code == 403
    assert "Sign out?" in page.get("/logout", headers={"Sec-Fetch-Site": "cross-site"}).text
    assert page.get("/").text == "inside"
    assert page.get("/logout", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_the_first_admin_comes_in_by_the_link_and_nobody_after(page: TestClient, home: Home) -> None:
    link = links.make(home.engine, FIRST_ADMIN)
    assert "Become the first admin" in page.get(f"/welcome?link={link}").text
    form = {"link": link, "name": "Ada", "email": ADA, "password": "short"}
    refused = page.post("/welcome", data=form)
    assert (refused.status_code, 'value="Ada"' in refused.text, "12 to 256" in refused.text) == (422, True, True)
    assert page.post("/welcome", data=form | {"password": PASSWORD}).headers["location"] == "/"
    assert page.get("/").text == "inside"
    assert page.get(f"/welcome?link={link}").status_code == 404
    assert page.post("/welcome", data=form | {"password": PASSWORD}).status_code == 404


def test_a_password_is_changed_and_one_stays_signed_in(page: TestClient, home: Home) -> None:
    people.add(home.engine, Person("kim@office.example", "Kim", (), ""))
    accounts.set_password(home.engine, "kim@office.example", passwords.hashed(PASSWORD))
    page.post("/login", data={"email": "kim@office.example", "password": PASSWORD})
    assert "kim@office.example" in page.get("/account").text
    wrong = page.post("/account", data={"old": "wrong", "new": "quite another password"})
    assert (wrong.status_code, "The present password is wrong." in wrong.text) == (401, True)
    assert "is changed" in page.post("/account", data={"old": PASSWORD, "new": "quite another password"}).text
    assert page.get("/").text == "inside"


def test_a_form_that_is_far_too_large_is_refused(page: TestClient) -> None:
    assert page.post("/login", data={"email": "x" * 100_000}).status_code == 413


def test_a_form_of_rubbish_is_no_sign_in(page: TestClient) -> None:
    for rubbish in (b"\xff\xfe\x00", b"", b"email=a&email=b", b"=&=&="):
        assert page.post("/login", content=rubbish).status_code == 401


def test_where_the_server_is_away_the_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("key")
    away = browser(House("local"), LoginClient("http://127.0.0.1:9", tmp_path / "key"))
    response = away.post("/login", data={"email": SAM, "password": PASSWORD})
    assert (response.status_code, "The server cannot be reached" in response.text) == (503, True)
    assert away.get("/welcome?link=x").status_code == 503
    with pytest.raises(Unanswered):
        LoginClient("http://127.0.0.1:9", tmp_path / "no key yet").away()


def test_the_session_speaks_to_the_server_as_its_person(login: LoginClient, url: str) -> None:
    token = login.with_password(SAM, PASSWORD, "10.0.0.9")
    assert login.who(token) == SignedIn(SAM, "Sam", admin=False, has_password=True)
    client = Client(url, token)
    assert client.me().email == SAM
    login.sign_out(token)
    assert login.who(token) is None
    with pytest.raises(Unanswered) as caught:
        client.me()
    assert caught.value.status == 401
    client.close()


def test_without_a_login_there_is_no_way_to_sign_in(login: LoginClient) -> None:
    assert Login(House(), login).routes == []


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[tuple[SmallProvider, Home, str]]:
    """A provider, a home that trusts it, and its server."""
    with small_provider() as provider:
        told = {"login": "oidc", "oidc_issuer": provider.issuer, "oidc_client": CLIENT, "oidc_groups": "groups"}
        made = Home(Settings(home=tmp_path_factory.mktemp("oidc") / "home", **told))  # type: ignore[arg-type]
        made.__dict__["embedder"] = embedder
        with served(made) as url:
            yield provider, made, url
        made.engine.dispose()


@pytest.fixture
def at_company(company: tuple[SmallProvider, Home, str]) -> Iterator[TestClient]:
    provider, made, url = company
    provider.changes = {}
    client = LoginClient(url, made.settings.home / KEY_FILE)
    yield browser(House("oidc"), client)
    client.close()


def test_the_companys_sign_in_leads_back_to_where_one_wanted(
    at_company: TestClient, company: tuple[SmallProvider, Home, str]
) -> None:
    assert "/oidc/start?after=/%3Fconversation%3Dabc" in at_company.get("/login?after=/%3Fconversation%3Dabc").text
    away = at_company.get("/oidc/start?after=/%3Fconversation%3Dabc").headers["location"]
    assert away.startswith(f"{company[0].issuer}/authorize?")
    state, code = company[0].visited(away)
    back = at_company.get("/oidc/callback", params={"state": state, "code": code})
    assert (back.status_code, back.headers["location"]) == (303, "/?conversation=abc")
    assert at_company.get("/").text == "inside"
    assert at_company.cookies.get("frontdesk_oidc") is None
    assert accounts.account_of(company[1].engine, "nia@office.example")


@pytest.mark.parametrize("changes", [{"aud": "another"}, {"nonce": "another"}, {"email_verified": False}])
def test_whom_the_company_does_not_vouch_for_stays_outside(
    at_company: TestClient, company: tuple[SmallProvider, Home, str], changes: dict[str, object]
) -> None:
    company[0].changes = changes
    state, code = company[0].visited(at_company.get("/oidc/start").headers["location"])
    back = at_company.get("/oidc/callback", params={"state": state, "code": code})
    assert (back.status_code, 'role="alert"' in back.text) == (401, True)
    assert "frontdesk_session" not in at_company.cookies


def test_a_sign_in_that_was_begun_elsewhere_or_given_up_ends_outside(
    at_company: TestClient, company: tuple[SmallProvider, Home, str]
) -> None:
    state, code = company[0].visited(at_company.get("/oidc/start").headers["location"])
    assert at_company.get("/oidc/callback", params={"error": "access_denied", "state": state}).status_code == 401
    forged = at_company.get("/oidc/callback", params={"state": "another", "code": code})
    assert (forged.status_code, "Please begin again." in forged.text) == (401, True)
    at_company.cookies.clear()
    assert at_company.get("/oidc/callback", params={"state": state, "code": code}).status_code == 401
    assert "frontdesk_session" not in at_company.cookies


def test_with_the_companys_sign_in_no_password_is_taken(at_company: TestClient) -> None:
    assert at_company.post("/login", data={"email": SAM, "password": PASSWORD}).status_code == 405
    assert at_company.get("/welcome?link=x").status_code == 404
