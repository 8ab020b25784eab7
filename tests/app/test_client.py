"""The typed client against the real server."""

from collections.abc import Callable, Iterator

import pytest

from app.bootstrap import Home
from app.client import Client, Me, Unanswered
from app.door import service_key
from app.events import Done, Found
from tests.serving import free_port, served

LEAVE = "How many days of annual leave does every employee have?"


@pytest.fixture(scope="module")
def address(office: Home) -> Iterator[str]:
    with served(office) as url:
        yield url


@pytest.fixture
def client_of(office: Home, address: str) -> Iterator[Callable[[str], Client]]:
    made: list[Client] = []

    def make(email: str) -> Client:
        made.append(Client(address, service_key(office.settings.home), email))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def sams(client_of: Callable[[str], Client]) -> Client:
    return client_of("sam@office.example")


def test_it_asks_and_gets_events(sams: Client) -> None:
    found, *_, done = sams.ask(LEAVE)
    assert isinstance(found, Found)
    assert isinstance(done, Done)
    assert "27 days of annual leave" in done.answer


def test_a_conversation_goes_on_is_read_and_forgotten(sams: Client) -> None:
    *_, first = sams.ask(LEAVE)
    assert isinstance(first, Done)
    list(sams.ask("And who blocks a lost badge?", first.conversation))
    said = sams.transcript(first.conversation)
    assert [one.role for one in said] == ["user", "assistant", "user", "assistant"]
    assert said[1].citations == first.citations
    sams.forget(first.conversation)
    with pytest.raises(Unanswered, match="There is no such conversation"):
        sams.transcript(first.conversation)


def test_a_source_opens(sams: Client) -> None:
    found, *_ = sams.ask(LEAVE)
    assert isinstance(found, Found)
    assert sams.opened(found.sources[0].chunk).title == "Annual leave"


def test_it_knows_for_whom_it_speaks(client_of: Callable[[str], Client]) -> None:
    assert client_of("hana@office.example").me() == Me("hana@office.example", "Hana", ("everyone", "group:hr"), 4)
    assert client_of("").me() == Me("", "", ("everyone",), 3)


def test_it_knows_whether_the_server_is_ready(sams: Client) -> None:
    assert (sams.ready()["status"], sams.ready()["documents"]) == ("ready", 3)


def test_a_refusal_of_the_server_is_its_sentence_and_status(sams: Client) -> None:
    with pytest.raises(Unanswered, match="The question is empty. Please type one") as caught:
        list(sams.ask(" "))
    assert caught.value.status == 422
    with pytest.raises(Unanswered, match="Only the demo lists its people") as caught:
        sams.people()
    assert caught.value.status == 403


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    client = Client(f"http://127.0.0.1:{free_port()}", "key")
    for ask in (client.me, lambda: list(client.ask(LEAVE))):
        with pytest.raises(Unanswered, match="The server cannot be reached") as caught:
            ask()
        assert caught.value.status == 0
    client.close()


def test_a_proxy_of_the_environment_is_not_asked(office: Home, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    client = Client(address, service_key(office.settings.home))
    assert client.ready()["status"] == "ready"
    client.close()
