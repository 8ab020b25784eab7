"""No password, token, key or question is in a log or in an answer about something that went wrong."""

import logging

import httpx
import pytest

from app import people
from app.bootstrap import Home
from app.door import service_key
from app.identity import accounts, keys, links, passwords, sessions
from app.people import Person
from tests.serving import served

PASSWORD = "four very plain words"
SAM = "sam@office.example"


def test_nothing_secret_is_logged_or_told_whatever_goes_wrong(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    served_home = Home(home.settings.model_copy(update={"login": "local"}))
    served_home.__dict__["embedder"] = home.embedder
    people.add(served_home.engine, Person(SAM, "Sam", (), ""))
    accounts.set_password(served_home.engine, SAM, passwords.hashed(PASSWORD))
    session, key = sessions.begin(served_home.engine, SAM), keys.create(served_home.engine, SAM, "", "ask", 1)[1]
    link, service = links.make(served_home.engine, SAM), service_key(served_home.settings.home)
    told = []
    with (
        caplog.at_level(logging.DEBUG),
        served(served_home) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        typed = {"email": SAM, "password": PASSWORD}
        for token in (service, session, key, session + "x", key + "x", link):
            bearer = {"Authorization": f"Bearer {token}"}
            told += [
                client.post("/api/login/password", json=typed | {"unknown": PASSWORD}, headers=bearer),
                client.post("/api/login/link/use", json={"link": link, "password": "short"}, headers=bearer),
                client.put("/api/me/password", json={"old": "wrong", "new": PASSWORD}, headers=bearer),
                client.post("/api/ask", json={"question": 5, "conversation": session}, headers=bearer),
                client.get("/nowhere", params={"token": token}, headers=bearer),
                client.get("/api/runs", headers=bearer),
            ]
    served_home.engine.dispose()
    everything = "\n".join([one.text for one in told] + [_formatted(record) for record in caplog.records])
    assert "Problem" in everything  # it is logged at all
    ours = "\n".join(_formatted(record) for record in caplog.records if not record.name.startswith("httpcore"))
    for secret in (PASSWORD, service, session, key, link, "$argon2"):
        assert secret not in "\n".join(one.text for one in told)
        assert secret not in "\n".join(line for line in ours.splitlines() if "/nowhere" not in line)


def _formatted(record: logging.LogRecord) -> str:
    return f"{record.name} {logging.Formatter().format(record)}"
