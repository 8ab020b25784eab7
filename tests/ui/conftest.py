"""What the tests of the front ends share."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from app.bootstrap import Home
from app.door import KEY_FILE
from app.settings import Settings
from retrieval.embedder import Embedder
from tests.serving import served
from tests.ui.slack_alone import Alone, alone
from tests.ui.slack_world import World, furnish, world
from tests.ui.web_page import OPEN_PAGE, PAGE


@pytest.fixture
def anyio_backend() -> str:
    """Only asyncio: the SDK of Slack knows no other."""
    return "asyncio"


@pytest.fixture(autouse=True, scope="session")
def _scanned_once() -> Iterator[None]:
    """Streamlit looks through all installed packages for each page that a test opens; once is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A home with documents and people, made once; tests work on copies."""
    home = Home(Settings(home=tmp_path_factory.mktemp("slack") / "home"))
    home.__dict__["embedder"] = embedder
    furnish(home)
    home.engine.dispose()
    return home.settings.home


@pytest.fixture
async def here(
    request: pytest.FixtureRequest, make_home: Callable[..., Home], furnished: Path, tmp_path: Path
) -> AsyncIterator[World]:
    """A company with a Slack and a Frontdesk; tests start the bot. A test's parameter for it is settings."""
    shutil.copytree(furnished, tmp_path / "home")
    async with world(make_home(**getattr(request, "param", {}))) as found:
        yield found


@pytest.fixture
async def lone() -> AsyncIterator[Alone]:
    """Slack without a Frontdesk."""
    async with alone() as found:
        yield found


@pytest.fixture(scope="module")
def address(sample: Home) -> Iterator[str]:
    with served(sample) as where:
        yield where


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, sample: Home, address: str) -> Iterator[OPEN_PAGE]:
    """Open the page as somebody, perhaps with a conversation's id in the address."""

    def open_page(email: str = "", conversation: str = "", server: str = address, home: Home = sample) -> AppTest:
        monkeypatch.setenv("FRONTDESK_SERVER", server)
        monkeypatch.setenv("FRONTDESK_KEY_FILE", str(home.settings.home / KEY_FILE))
        monkeypatch.setenv("FRONTDESK_AS", email)
        at = AppTest.from_file(str(PAGE), default_timeout=60)
        if conversation:
            at.query_params["conversation"] = conversation
        return at.run()

    yield open_page
    st.cache_resource.clear()
