"""A served Frontdesk switches to another promoted model without a restart and without dropping a stream."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from safetensors.torch import load_file, save_file

from app.answerer import Answerer, Answering, Piece, Size
from app.bootstrap import Home
from app.door import service_key
from app.language_models import folder_answerer
from app.registry.memory import Memory
from app.registry.model_files import ModelPlace, model_folder
from app.registry.promotion import promote, roll_back
from app.registry.shelf import Naming, Shelf, shelf_of
from app.registry.switch import LiveAnswerers, Switch
from app.registry.version import Version
from app.settings import Settings
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from tests.app.conftest import fill
from tests.app.registry.versions import unwatched
from tests.serving import served

pytestmark = pytest.mark.heavy
LEAVE = "How many days of annual leave does every employee have?"
_PATIENCE = 60.0  # seconds


class Unhurried:
    """The same answers word by word, so that there is a stream to interrupt."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self.name = answerer.name

    def check(self, question: str) -> Size:
        return self._answerer.check(question)

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        answering = self._answerer.begin(question, standalone, passages, turns)
        return replace(answering, pieces=self._slowly(answering.pieces))

    def _slowly(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            yield piece
            time.sleep(0.3)


def load(version: Version, model: ModelPlace) -> Answerer:
    return Unhurried(folder_answerer(Settings(device="cpu", answer_tokens=32), model, version.ref))


def another(model: Path, to: Path, change: float) -> Path:
    """A copy whose last layer is another one; with 0 it says nothing sensible."""
    shutil.copytree(model, to)
    weights = load_file(str(to / "model.safetensors"))
    weights["model.norm.weight"] = weights["model.norm.weight"] * change
    save_file(weights, str(to / "model.safetensors"), metadata={"format": "pt"})
    return to


@pytest.fixture
def office(make_home: Callable[..., Home], tmp_path: Path) -> Home:
    home = fill(make_home(device="cpu", evidence=0.0), tmp_path)
    live = LiveAnswerers(dict(home.answerers))
    home.__dict__["switch"] = Switch(shelf_of(home.settings.home), home.settings, live, load, Memory("cpu", 10**12))
    home.__dict__["answerers"] = live
    return home


@pytest.fixture
def versions(office: Home, llama_dir: Path, tmp_path: Path) -> tuple[Shelf, Version, Version, Version]:
    shelf = shelf_of(office.settings.home)
    folders = [llama_dir, another(llama_dir, tmp_path / "b", 1.001), another(llama_dir, tmp_path / "mute", 0.0)]
    kept = [shelf.register(model_folder(one), Naming("hr"), office.settings, unwatched) for one in folders]
    return (shelf, *kept)  # type: ignore[return-value]


def events(response: httpx.Response) -> Iterator[Any]:
    return (json.loads(line.removeprefix("data:")) for line in response.iter_lines() if line.startswith("data:"))


def test_streams_end_on_the_old_model_and_the_next_question_meets_the_new_one(
    office: Home, versions: tuple[Shelf, Version, Version, Version]
) -> None:
    shelf, first, second, mute = versions
    promote(shelf, first, [], "the first one")
    with served(office) as address, httpx.Client(base_url=address, timeout=_PATIENCE, trust_env=False) as client:
        client.headers["Authorization"] = f"Bearer {service_key(office.settings.home)}"
        assert client.get("/readyz").json()["model"] == "hr/1"
        with client.stream("POST", "/api/ask", json={"question": LEAVE}) as response:
            stream = events(response)
            assert [next(stream)["kind"], next(stream)["kind"]] == ["found", "token"]
            promote(shelf, second, [], "the second one")
            wait_for(client, "hr/2")
            rest = list(stream)
        assert [event["kind"] for event in rest if event["kind"] != "token"] == ["done"]
        assert rest[-1]["model"] == "hr/1"
        assert ask(client)["model"] == "hr/2"
        promote(shelf, mute, [], "a broken one")
        wait_until(lambda: shelf.history.entries()[-1].change == "failed")
        assert ask(client)["model"] == "hr/2"
        roll_back(shelf, "not so good")
        wait_for(client, "hr/1")
        assert ask(client)["model"] == "hr/1"
    assert shelf.promoted() == "hr/1"


def ask(client: httpx.Client) -> Any:
    *_, last = events(client.post("/api/ask", json={"question": LEAVE}))
    return last


def wait_for(client: httpx.Client, model: str) -> None:
    wait_until(lambda: client.get("/readyz").json()["model"] == model)


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)
