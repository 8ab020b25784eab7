"""A file that is sent is kept whole or not at all."""

from pathlib import Path

import pytest
from fastapi import Request
from starlette.requests import ClientDisconnect

from app.admin.received import received, small
from retrieval.errors import Unusable

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def request_of(*parts: bytes, breaks: bool = False) -> Request:
    """A request whose body comes in these parts, and may break off."""
    left = iter(parts)

    async def receive() -> dict[str, object]:
        part = next(left, None)
        if part is None:
            return {"type": "http.disconnect"} if breaks else {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": part, "more_body": True}

    return Request({"type": "http", "method": "PUT", "headers": []}, receive)


async def test_a_whole_file_is_there_under_a_hidden_name(tmp_path: Path) -> None:
    file = await received(request_of(b"one", b"two"), tmp_path / "in", 6)
    assert (file.read_bytes(), file.name[0], file.parent) == (b"onetwo", ".", tmp_path / "in")


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (request_of(b"four", b"four"), Unusable),
        (request_of(), Unusable),
        (request_of(b"four", breaks=True), ClientDisconnect),
    ],
    ids=["too large", "empty", "broken off"],
)
async def test_of_any_other_nothing_is_left(tmp_path: Path, request_: Request, error: type[Exception]) -> None:
    with pytest.raises(error):
        await received(request_, tmp_path, 6)
    assert list(tmp_path.iterdir()) == []


async def test_a_small_body_may_not_be_large() -> None:
    assert await small(request_of(b"a", b"b"), 2) == b"ab"
    with pytest.raises(Unusable, match="larger than the limit of 1 MiB"):
        await small(request_of(b"a" * 2**20, b"b"), 2**20)
