"""A trace of each question goes to the collector that a setting names, and to nobody else."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app.observation.ended import Ended
from app.observation.spans import Tracing

MILLISECOND = 1_000_000


class Collector(HTTPServer):
    """Takes what an exporter sends over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: dict[str, Span] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        request = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans.update({span.name: span for span in scope.spans})
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.usefixtures("_proxies")
def test_a_question_is_a_span_with_its_stages(collector: Collector) -> None:
    tracing = Tracing(collector.url)
    tracing.ended(Ended("answered", "llama", {"search": 20.0, "first_token": 50.0, "total": 400.0}, 900))
    tracing.close()
    whole = collector.spans["question"]
    lasted = {name: (span.end_time_unix_nano - span.start_time_unix_nano) for name, span in collector.spans.items()}
    assert lasted == {
        "question": 400 * MILLISECOND,
        "search": 20 * MILLISECOND,
        "first token": 30 * MILLISECOND,
        "writing": 350 * MILLISECOND,
    }
    assert {span.parent_span_id for name, span in collector.spans.items() if name != "question"} == {whole.span_id}
    assert {one.key for one in whole.attributes} == {
        "frontdesk.outcome",
        "frontdesk.model",
        "frontdesk.prompt_tokens",
    }


@pytest.fixture
def _proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment wants it otherwise: an address that is never given to anybody (RFC 5737)."""
    for name in ("http_proxy", "HTTP_PROXY", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        monkeypatch.setenv(name, "http://192.0.2.1:9")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")


def test_a_refusal_has_the_stages_that_it_came_to(collector: Collector) -> None:
    tracing = Tracing(collector.url)
    tracing.ended(Ended("refused", "quoting", {"search": 20.0, "total": 21.0}))
    tracing.close()
    assert set(collector.spans) == {"question", "search"}
