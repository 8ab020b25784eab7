"""A chat model of an OpenAI-compatible server that is tried again, and not waited for without end.

httpx's limit starts anew with every byte, and many servers send empty lines to keep a connection open. So what counts
here is data: some must come in time, for the first word and for each next one.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import openai
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from retrieval.errors import ModelTooSlow

_TRIES = 3
_WAIT = wait_random_exponential(multiplier=0.2, max=2.0)  # seconds, thrown by dice: clients do not come back together
_PASSING = {408, 409, 429, 500, 502, 503, 504}


class PatientChat(ChatOpenAI):
    """The same chat model; a request that may do better in a moment is made again before its first word.

    A stream that has begun is never begun anew: its words would stand there twice.
    """

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        try:
            for attempt in attempts():
                with attempt:
                    chunks: Any = super()._stream(*args, **kwargs)
                    first = next(chunks, None)
            try:
                if first is not None:
                    yield first
                    yield from chunks
            finally:
                chunks.close()
        except (httpx.TimeoutException, openai.APITimeoutError) as exc:
            raise ModelTooSlow from exc


class Patience(httpx.BaseTransport):
    """Hangs up on a server that sends no data for so many seconds, whatever else it sends."""

    def __init__(self, inner: httpx.BaseTransport, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._inner, self._seconds, self._clock = inner, seconds, clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response with its patience."""
        response = self._inner.handle_request(request)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Data(response.stream, self._seconds, self._clock)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class _Data(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, seconds: float, clock: Callable[[], float]) -> None:
        self._inner, self._seconds, self._clock = inner, seconds, clock

    def __iter__(self) -> Iterator[bytes]:
        heard = self._clock()
        for part in self._inner:
            now = self._clock()
            if not _is_silence(part):
                heard = now
            elif now - heard > self._seconds:
                raise httpx.ReadTimeout("Only empty lines came")
            yield part

    def close(self) -> None:
        self._inner.close()


def attempts() -> Retrying:
    """A request is tried again while it may do better in a moment."""
    return Retrying(retry=retry_if_exception(_may_pass), stop=stop_after_attempt(_TRIES), wait=_WAIT, reraise=True)


def _may_pass(exc: BaseException) -> bool:
    if isinstance(exc, openai.APITimeoutError):
        return False  # it was waited for long enough
    if isinstance(exc, openai.APIStatusError):
        return exc.status_code in _PASSING
    if isinstance(exc, httpx.HTTPStatusError):
        return exc.response.status_code in _PASSING
    return isinstance(exc, openai.APIConnectionError | httpx.NetworkError | httpx.RemoteProtocolError)


def _is_silence(part: bytes) -> bool:
    """Comments of server-sent events and blank lines."""
    return all(not line or line.startswith(b":") for line in part.splitlines())
