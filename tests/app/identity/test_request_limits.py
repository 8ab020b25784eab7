"""How much and how slowly a request may send; the headers on every answer."""

from collections.abc import Iterator

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from app.identity import request_limits
from app.identity.request_limits import LARGEST, RequestLimits


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def limited() -> TestClient:
    route = Route("/{path:path}", _length, methods=["GET", "POST", "PUT"])
    return TestClient(Starlette(routes=[route], middleware=[Middleware(RequestLimits)]))


def parts(size: int) -> Iterator[bytes]:
    """A body whose length is not told beforehand."""
    for _ in range(size // 1024):
        yield b"x" * 1024


def test_what_fits_passes_and_a_byte_more_does_not() -> None:
    client = limited()
    assert client.post("/api/ask", content=b"x" * LARGEST).text == str(LARGEST)
    refused = client.post("/api/ask", content=b"x" * (LARGEST + 1))
    assert (refused.status_code, refused.json()["detail"]) == (413, "A request may send 2 MiB at most")


def test_a_length_that_is_not_told_or_a_lie_is_counted() -> None:
    client = limited()
    assert client.post("/api/ask", content=parts(LARGEST)).status_code == 200
    assert client.post("/api/ask", content=parts(LARGEST + 1024)).status_code == 413
    lie = {"Content-Length": "5"}
    assert client.post("/api/ask", content=parts(LARGEST + 1024), headers=lie).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/api/uploads/a.pdf",
        "/api/slack-exports/team.zip",
        "/api/admin/people",
        "/api/admin/people/preview",
        "/api/answers.csv",
    ],
)
def test_an_upload_has_a_limit_of_its_own(path: str) -> None:
    assert limited().put(path, content=b"x" * (LARGEST + 1)).status_code == 200


def test_what_does_not_come_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "_PATIENCE", 0.01)
    answered: list[Message] = []

    async def never() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def note(message: Message) -> None:
        answered.append(message)

    app = Starlette(routes=[Route("/", _length, methods=["POST"])])
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    anyio.run(RequestLimits(app), scope, never, note)
    assert answered[0]["status"] == 408


def test_every_answer_carries_the_headers() -> None:
    client = limited()
    for response in (client.get("/"), client.post("/", content=b"x" * (LARGEST + 1))):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
