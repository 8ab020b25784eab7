"""Several answers at once from a model in this process, batched token by token by transformers' continuous batching.

Prompts that begin alike share what the model remembers of their beginning. Always the likeliest word is taken.
"""

import threading
from collections.abc import Iterator
from queue import Empty, Queue
from typing import Any

from app.llm.folder import ModelFolder
from app.llm.generation import Patience, Request, failed
from app.llm.memory import free
from retrieval.errors import ModelTooSlow, ModelUnavailable

_PAGE = 64  # tokens
_TOKENS_A_STEP = 2_048  # of prompts that are read in one step, so that nobody's answer stands still for long
_SHARE = 0.5  # of the free memory
_GLANCE = 0.2  # seconds


class Batches:
    """A model that answers up to `at_once` requests together. It begins with the first one.

    `tokens` are what may be remembered for all of them.
    """

    def __init__(self, model: Any, tokenizer: Any, at_once: int, tokens: int, patience: Patience) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._at_once, self._tokens, self._patience = at_once, tokens, patience
        self._manager: Any = None
        self._answers: dict[str, Queue[Any]] = {}
        self._lock = threading.Lock()

    def stream(self, request: Request) -> Iterator[str]:
        """The answer in pieces. Closing the iterator takes the request out of the batch.

        Raises:
            ModelTooSlow, ModelUnavailable: no word came in time, or the model failed.
        """
        from transformers import TextIteratorStreamer

        pieces = TextIteratorStreamer(self._tokenizer, skip_special_tokens=True)
        manager, name, results = self._begun(request)
        given, done = 0, False
        try:
            while not done:
                result = _next(results, self._patience.between if given else self._patience.first)
                done = result.is_finished()
                if result.error:
                    raise failed(RuntimeError(result.error))
                for token in result.generated_tokens[given:]:
                    pieces.put(_tensor(token))
                given = len(result.generated_tokens)
                yield from _drained(pieces)
            pieces.end()
            yield from _drained(pieces)
        finally:
            with self._lock:
                self._answers.pop(name, None)
            if not done:
                manager.cancel_request(name)

    def close(self) -> None:
        """Stop the model; a later request begins it anew."""
        with self._lock:
            if self._manager is not None and self._manager.is_running():
                self._manager.stop(block=True, hard_stop=True)

    def _begun(self, request: Request) -> tuple[Any, str, "Queue[Any]"]:
        with self._lock:
            if self._manager is None or not self._manager.is_running():
                self._manager = self._started()
            results: Queue[Any] = Queue()
            number = len(self._answers)
            while (name := f"answer-{number}") in self._answers:
                number += 1
            name = f"{name}-{id(results)}"
            self._answers[name] = results
            sent = self._manager.add_request(list(request.ids), name, max_new_tokens=request.room, streaming=True)
            if sent is None:
                del self._answers[name]
                raise ModelUnavailable("The language model is not running. Please try again in a minute")
            return self._manager, name, results

    def _started(self) -> Any:
        from transformers import ContinuousBatchingConfig

        options = self._model.generation_config.to_dict() | {"do_sample": False, "max_new_tokens": self._tokens}
        config = ContinuousBatchingConfig(
            page_size=_PAGE,
            num_blocks=max(2, -(-self._tokens // _PAGE)),
            max_batch_tokens=min(_TOKENS_A_STEP, self._tokens),
            max_requests_per_batch=self._at_once,
        )
        manager = self._model.init_continuous_batching(
            generation_config=type(self._model.generation_config)(**options), continuous_batching_config=config
        )
        manager.start()
        threading.Thread(target=self._hand_out, args=(manager,), daemon=True).start()
        return manager

    def _hand_out(self, manager: Any) -> None:
        """Give each result to whoever waits for it. When the program ends, so does the library's thread."""
        while True:
            runs = manager.is_running()  # asked first: what it leaves when it fails is still handed out
            result = manager.get_result(timeout=_GLANCE)
            if result is not None:
                with self._lock:
                    waiting = self._answers.get(result.request_id)
                if waiting is not None:
                    waiting.put(result)
            elif not runs:
                return
            elif not threading.main_thread().is_alive():
                manager.stop(block=False, hard_stop=True)


def tokens_for(folder: ModelFolder, window: int, at_once: int, device: str) -> int:
    """Tokens that may be remembered for all requests together: full windows, or what half the free memory holds."""
    wanted = window * at_once
    room = free(device)
    fits = int(room * _SHARE) // max(1, folder.bytes_per_token) if room else wanted
    return max(window, min(wanted, fits))


def _next(results: "Queue[Any]", patience: float) -> Any:
    try:
        return results.get(timeout=patience)
    except Empty as exc:
        raise ModelTooSlow from exc


def _drained(pieces: Any) -> Iterator[str]:
    while not pieces.text_queue.empty():
        text = pieces.text_queue.get_nowait()
        if text:
            yield text


def _tensor(token: int) -> Any:
    import torch

    return torch.tensor([token])
