"""One answer at a time from a model in this process: streamed, stopped within a token, on top of what was read before.

What the model remembers of the last prompt is kept. A prompt that begins with the same words, such as a follow-up with
the same instructions and sources, is read from where the two part.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from queue import Empty
from typing import Any

from app.llm.constrained import Sayable, SourcesOnly
from retrieval.errors import ModelTooSlow, ModelUnavailable

_GLANCE = 0.1  # seconds between two looks whether a waiting reader has gone
_SAME_WORDS = 2  # tokens that must stand in the prompt already, for the guess that what followed them follows again


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to the first word, and between two of them."""

    first: float = 300.0
    between: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt in tokens and the room for its answer. Temperature 0 always takes the likeliest word.

    `only` are the answers that are permitted; without it, all.
    """

    ids: tuple[int, ...]
    room: int
    temperature: float = 0.0
    seed: int = 0
    only: Sayable | None = None


@dataclass(slots=True)
class Slot:
    """The one place where the model works, with what it remembers: the states of these tokens."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    ids: list[int] = field(default_factory=list)
    cache: Any = None

    def remembered(self, ids: Sequence[int]) -> Any:
        """The memory of what these tokens begin with; the last one is always read anew."""
        from transformers import DynamicCache

        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self.ids, ids[:-1], strict=False)))
        if self.cache is None or not same:
            self.cache = DynamicCache()
        elif same < self.cache.get_seq_length():
            self.cache.crop(same - self.cache.get_seq_length())
        self.ids = []  # until the answer ends well
        return self.cache

    def remember(self, ids: Sequence[int]) -> None:
        """The states in the cache are those of these tokens; the last one said has none yet."""
        self.ids = list(ids[: self.cache.get_seq_length()])

    def forget(self) -> None:
        """After a failure nothing is certain."""
        self.ids, self.cache = [], None


@dataclass(frozen=True, slots=True)
class Runner:
    """A model with its tokenizer. `lookup` is how many words it guesses ahead from the prompt; 0: none."""

    model: Any
    tokenizer: Any
    slot: Slot
    patience: Patience
    lookup: int = 0

    def stream(self, request: Request) -> Iterator[str]:
        """The answer in pieces. Closing the iterator stops the model.

        Raises:
            ModelTooSlow, ModelUnavailable: no word came in time, or the model failed.
        """
        from transformers import TextIteratorStreamer

        streamer = TextIteratorStreamer(
            self.tokenizer, skip_prompt=True, timeout=self.patience.first, skip_special_tokens=True
        )
        work = _Generation(self, request, streamer)
        work.start()
        try:
            for text in streamer:
                streamer.timeout = self.patience.between
                yield text
        except Empty as exc:
            raise ModelTooSlow from exc
        finally:
            work.stopped.set()
            work.join()
        if work.failure:
            raise failed(work.failure) from work.failure


class _Generation(threading.Thread):
    """`generate` in a thread of its own; a failure ends the stream instead of leaving it open.

    It is this thread that waits for its turn: a reader who stands still must not keep the model from others.
    """

    def __init__(self, runner: Runner, request: Request, streamer: Any) -> None:
        super().__init__(daemon=True)
        self._runner, self._request, self._streamer = runner, request, streamer
        self.stopped = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Generate until the end, the limit or the stop."""
        turn = self._runner.slot.turn
        while not turn.acquire(timeout=_GLANCE):
            if self.stopped.is_set():
                return
        try:
            self._generate()
        except Exception as exc:  # noqa: BLE001 - carried to the thread that reads the stream, which raises it
            self.failure = exc
            self._runner.slot.forget()
            _free_memory()
            self._streamer.end()
        finally:
            turn.release()

    def _generate(self) -> None:
        import torch
        from transformers import StoppingCriteriaList

        runner, request = self._runner, self._request
        ids = torch.tensor([request.ids], device=runner.model.device)
        said = runner.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=request.room,
            streamer=self._streamer,
            stopping_criteria=StoppingCriteriaList([lambda tokens, *_, **__: self._ended(tokens)]),
            **self._sampling(),
            **self._held(),
            **self._ahead(),
        )
        if not self._guesses:
            runner.slot.remember(said[0].tolist())

    def _sampling(self) -> dict[str, Any]:
        import torch

        request = self._request
        if not request.temperature:
            return {"do_sample": False}
        torch.manual_seed(request.seed)
        return {"do_sample": True, "temperature": request.temperature}

    def _held(self) -> dict[str, Any]:
        from transformers import LogitsProcessorList

        only = self._request.only
        return {"logits_processor": LogitsProcessorList([SourcesOnly([only], len(self._request.ids))])} if only else {}

    @property
    def _guesses(self) -> bool:
        """A word that is permitted only after others cannot be guessed ahead."""
        return bool(self._runner.lookup) and not self._request.only

    def _ahead(self) -> dict[str, Any]:
        """Guessing ahead reads the whole prompt anew, so it is either that or the memory."""
        runner = self._runner
        if self._guesses:
            return {"prompt_lookup_num_tokens": runner.lookup, "max_matching_ngram_size": _SAME_WORDS}
        return {"cache": runner.slot.remembered(self._request.ids)}

    def _ended(self, tokens: Any) -> Any:
        import torch

        return torch.full((tokens.shape[0],), self.stopped.is_set(), dtype=torch.bool, device=tokens.device)


def failed(failure: Exception) -> ModelUnavailable:
    """What a failure of the libraries below means to whoever asked."""
    if "out of memory" in str(failure).lower() or isinstance(failure, MemoryError):
        return ModelUnavailable("The language model ran out of memory while answering. Please try again in a minute")
    return ModelUnavailable("The language model failed while answering. Please try again in a minute")


def until(pieces: Iterable[str], stop: Sequence[str]) -> Iterator[str]:
    """Pieces of text up to the first stop string."""
    held = ""
    longest = max((len(mark) for mark in stop), default=0)
    for piece in pieces:
        held += piece
        ends = [held.index(mark) for mark in stop if mark in held]
        if ends:
            yield held[: min(ends)]
            return
        safe = len(held) - max(0, longest - 1)
        if safe > 0:
            yield held[:safe]
            held = held[safe:]
    if held:
        yield held


def _free_memory() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
