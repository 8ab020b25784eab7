"""Answering with the promoted version, also when another one is promoted while everything runs.

The new version is loaded beside the one that answers, tried, and takes its place at once; streams that were begun end
on the old one, whose memory is free when the last of them has ended. What cannot be used is recorded, and the one
before goes on answering.
"""

import gc
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, ValuesView

from app.answerer import Answerer
from app.registry.history import Change
from app.registry.memory import Memory
from app.registry.model_files import ModelPlace, weights_size
from app.registry.prompt_record import present_prompt, retrieval_settings
from app.registry.shelf import Shelf
from app.registry.version import Version
from app.settings import Settings
from retrieval.errors import FrontdeskError

_log = logging.getLogger(__name__)
_GLANCE = 2.0  # seconds between two looks at what is promoted

Load = Callable[[Version, ModelPlace], Answerer]
Try = Callable[[Answerer], None]  # raises a FrontdeskError for what must not answer


class LiveAnswerers(Mapping[str, Answerer]):
    """Answerers by name; the first one answers when nobody asks for another. Another first one can take its place.

    Whoever reads sees one state, before or after, never a mixture.
    """

    def __init__(self, standing: Mapping[str, Answerer]) -> None:
        self._standing = dict(standing)
        self._now = dict(standing)

    def put_first(self, answerer: Answerer | None) -> None:
        """Let this one answer from the next question on; None leaves those that always stand."""
        self._now = ({answerer.name: answerer} if answerer else {}) | self._standing

    def __getitem__(self, name: str) -> Answerer:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def values(self) -> ValuesView[Answerer]:
        """Of one state, as `items` by steps could not promise."""
        return self._now.values()


class Switch:
    """Keeps the answerers at the version that is promoted."""

    def __init__(self, shelf: Shelf, settings: Settings, answerers: LiveAnswerers, load: Load, memory: Memory) -> None:
        self._shelf, self._settings, self.answerers = shelf, settings, answerers
        self._load, self._memory = load, memory
        self._seen = (-1, -1)
        self._tried = self._waits = ""
        self.serving = ""  # the version that answers; empty where those do that always stand
        self._stopped = threading.Event()

    def open(self) -> None:
        """Load what is promoted, for a process that answers a few questions; without it those answer that stand."""
        wanted = self._wanted()
        if not wanted:
            return
        try:
            self._begin(wanted, self._loaded(wanted))
        except FrontdeskError as exc:
            _log.error("The promoted version %s is not used: %s", wanted, exc)

    def follow(self, try_out: Try) -> None:
        """Look whether another version is promoted, and switch to it; one that fails makes room for the one before."""
        stamp = self._shelf.history.stamp()
        if stamp == self._seen:
            return
        wanted = self._wanted()
        while not self._stands(wanted) and not self._stopped.is_set():
            self._step(wanted, try_out)
            after = self._wanted()
            if after == wanted:
                break
            wanted = after
        self._seen = stamp  # what was added meanwhile is seen at the next look

    def tend(self, try_out: Try, glance: float = _GLANCE) -> None:
        """Follow until `close`, with so many seconds between two looks."""
        while not self._stopped.wait(glance):
            try:
                self.follow(try_out)
            except Exception:  # noqa: BLE001 - a full disk, say: what answers goes on, the next look may find it mended
                _log.exception("What is promoted cannot be followed")

    def close(self) -> None:
        """Stop following."""
        self._stopped.set()

    def _stands(self, wanted: str) -> bool:
        """Whether nothing is to be done: it answers and was tried here, or it waits for a restart."""
        return (wanted == self.serving and wanted in ("", self._tried)) or (bool(wanted) and wanted == self._waits)

    def _wanted(self) -> str:
        """A model that the settings name is not replaced."""
        return "" if self._settings.llm else self._shelf.promoted()

    def _step(self, wanted: str, try_out: Try) -> None:
        if not wanted:
            self._begin("", None)
            _log.warning("No version is promoted any more: quotes answer")
            return
        try:
            self._refuse_without_memory(wanted)
            answerer = self.answerers[wanted] if wanted == self.serving else self._loaded(wanted)
            try_out(answerer)
        except NoRoom as exc:
            self._waits = wanted
            self._shelf.history.add(Change.WAITS, wanted, exc.user_message)
            _log.error("%s waits: %s", wanted, exc)
        except FrontdeskError as exc:
            if wanted == self.serving:
                self._begin("", None)
            self._shelf.history.add(Change.FAILED, wanted, exc.user_message)
            _log.error("%s cannot answer, %s goes on: %s", wanted, self.serving or "quoting", exc)
        else:
            before, self._tried = self.serving, wanted
            self._begin(wanted, answerer)
            if before != wanted:
                self._shelf.history.add(Change.SERVING, wanted, f"in the place of {before or 'quoting'}")

    def _begin(self, ref: str, answerer: Answerer | None) -> None:
        had = self.serving
        self.answerers.put_first(answerer)
        self.serving, self._waits = ref, ""
        if had:
            gc.collect()  # the former model is large and may lie in a cycle

    def _loaded(self, ref: str) -> Answerer:
        version, model = self._shelf.checked(ref)
        for sentence in version.differences(present_prompt(), retrieval_settings(self._settings)):
            _log.warning("%s", sentence)
        return self._load(version, model)

    def _refuse_without_memory(self, ref: str) -> None:
        """Both models are in memory for a while; with nothing loaded there is no better time."""
        if not self.serving or ref == self.serving:
            return
        model = self._shelf.version(ref).model(self._shelf.folder / ref)
        needed, free = self._memory.needed(weights_size(model.parts().values())), self._memory.free()
        if free is not None and free < needed:
            raise NoRoom(
                f"{needed / 1e9:.1f} GB are needed to load {ref} beside {self.serving}, {free / 1e9:.1f} GB are free. "
                "Restart the server: it then loads the new one alone"
            )


class NoRoom(FrontdeskError):
    """Memory does not suffice for two models; after a restart it may."""
