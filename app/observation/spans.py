"""Traces for an OpenTelemetry collector that a setting names: one span a question, with its stages inside."""

import time
from typing import Any

from app.observation.ended import Ended
from app.quiet import allow_own_traces
from retrieval.errors import Unusable

_STAGES = (("search", "begin", "search"), ("first token", "search", "first_token"), ("writing", "first_token", "total"))
_MILLISECOND = 1_000_000  # nanoseconds


class Tracing:
    """Sends a span for each question that ended to `url`, such as http://127.0.0.1:4318/v1/traces."""

    def __init__(self, url: str) -> None:
        try:
            import requests
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ModuleNotFoundError as exc:
            raise Unusable("FRONTDESK_TRACES needs a package. Run: pip install 'frontdesk[traces]'") from exc
        allow_own_traces()
        session = requests.Session()
        session.trust_env = False  # no proxy that the environment names
        # An empty resource: the default one would add what the environment and the host say.
        self._provider = TracerProvider(resource=Resource({"service.name": "frontdesk"}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url, session=session)))
        self._tracer = self._provider.get_tracer("frontdesk")

    def ended(self, question: Ended) -> None:
        """Made afterwards from the times that were taken, so that nothing waits for it."""
        from opentelemetry.trace import set_span_in_context

        marks = {"begin": 0.0, **question.timings_ms}
        end = time.time_ns()
        begun = end - int(marks.get("total", 0.0) * _MILLISECOND)
        attributes: dict[str, Any] = {
            "frontdesk.outcome": question.outcome,
            "frontdesk.model": question.model,
            "frontdesk.prompt_tokens": question.prompt_tokens,
        }
        span = self._tracer.start_span("question", start_time=begun, attributes=attributes)
        inside = set_span_in_context(span)
        for name, first, last in _STAGES:
            if first in marks and last in marks:
                part = self._tracer.start_span(name, inside, start_time=begun + int(marks[first] * _MILLISECOND))
                part.end(begun + int(marks[last] * _MILLISECOND))
        span.end(end)

    def close(self) -> None:
        """Send what waits."""
        self._provider.shutdown()
