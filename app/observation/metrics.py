"""Metrics in Prometheus' form: what was asked and how it ended, requests, runs, and how much is known."""

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.observation.ended import Ended
from retrieval.ledger import lookup, runs

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_NO_ROUTE = "none"  # one name for whatever address nobody serves, or strangers could make endless series
_NEWEST_RUNS = 500


class Metrics:
    """The metrics of one home's server, in a registry of their own."""

    def __init__(self, engine: Engine) -> None:
        self._registry = registry = CollectorRegistry()
        self._answers = Counter("frontdesk_answers", "Questions that ended", ("outcome", "model"), registry=registry)
        self._tokens = Counter("frontdesk_prompt_tokens", "Tokens of prompts", ("model",), registry=registry)
        self._requests = Counter(
            "frontdesk_requests", "HTTP requests", ("method", "route", "status"), registry=registry
        )
        self._stages = Histogram(
            "frontdesk_answer_seconds",
            "From the question to a stage's end",
            ("stage",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._duration = Histogram(
            "frontdesk_request_seconds", "Until the last byte is sent", ("route",), buckets=_SECONDS, registry=registry
        )
        self._open = Gauge("frontdesk_open_requests", "Requests being answered, streams among them", registry=registry)
        self._registry.register(_Ledger(engine))

    def ended(self, ended: Ended) -> None:
        """Count a question."""
        self._answers.labels(ended.outcome, ended.model or "none").inc()
        for stage, milliseconds in ended.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)
        if ended.prompt_tokens:
            self._tokens.labels(ended.model).inc(ended.prompt_tokens)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._duration.labels(route).observe(seconds)

    def opened(self, change: int) -> None:
        """One more request is being answered, or one less."""
        self._open.inc(change)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)


class Measured:
    """Counts the requests of an app by the route that served them."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        begun = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.opened(1)
        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.opened(-1)
            route = getattr(scope.get("route"), "path", _NO_ROUTE)
            method = scope["method"] if route != _NO_ROUTE else "any"
            self._metrics.requested(method, route, status, time.perf_counter() - begun)


class _Ledger(Collector):
    """What the ledger says at the moment of asking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is asked of the ledger before somebody looks."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Documents, chunks, and the newest runs by their state."""
        document_count, chunk_count = lookup.counts(self._engine)
        yield GaugeMetricFamily("frontdesk_documents", "Documents that can be answered from", document_count)
        yield GaugeMetricFamily("frontdesk_chunks", "Their chunks", chunk_count)
        states = GaugeMetricFamily("frontdesk_runs", f"The newest {_NEWEST_RUNS} runs by state", labels=("state",))
        found = [run.state for run in runs.listed_runs(self._engine, _NEWEST_RUNS)]
        for state in sorted(set(found)):
            states.add_metric([state], found.count(state))
        yield states
