"""What the tests of the front ends share."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.settings import Settings
from retrieval.embedder import Embedder
from tests.ui.slack_alone import Alone, alone
from tests.ui.slack_world import World, furnish, world


@pytest.fixture
def anyio_backend() -> str:
    """Only asyncio: the SDK of Slack knows no other."""
    return "asyncio"


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A home with documents and people, made once; tests work on copies."""
    home = Home(Settings(home=tmp_path_factory.mktemp("slack") / "home"))
    home.__dict__["embedder"] = embedder
    furnish(home)
    home.engine.dispose()
    return home.settings.home


@pytest.fixture
async def here(make_home: Callable[..., Home], furnished: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A company with a Slack and a Frontdesk; tests start the bot."""
    shutil.copytree(furnished, tmp_path / "home")
    async with world(make_home()) as found:
        yield found


@pytest.fixture
async def lone() -> AsyncIterator[Alone]:
    """Slack without a Frontdesk."""
    async with alone() as found:
        yield found
