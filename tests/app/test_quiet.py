"""Everything that would call home is switched off, whatever the environment says."""

import os
import sys

import pytest

from app.quiet import allow_own_traces, switch_off_telemetry


@pytest.fixture
def wished(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "STREAMLIT_BROWSER_GATHER_USAGE_STATS"):
        monkeypatch.setenv(name, "true")
    for name in ("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY", "LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANGSMITH_TRACING", "false"),
        ("LANGCHAIN_TRACING_V2", "false"),
        ("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false"),
        ("HF_HUB_OFFLINE", "1"),
        ("TRANSFORMERS_OFFLINE", "1"),
        ("DO_NOT_TRACK", "1"),
        ("PYTHON_DOTENV_DISABLED", "true"),
    ],
)
def test_what_calls_home_is_off(wished: None, name: str, value: str) -> None:
    switch_off_telemetry()
    assert os.environ[name] == value


@pytest.mark.parametrize("name", ["LANGSMITH_API_KEY", "LANGCHAIN_API_KEY", "LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT"])
def test_keys_and_addresses_of_tracers_are_gone(wished: None, name: str) -> None:
    switch_off_telemetry()
    assert name not in os.environ


@pytest.mark.usefixtures("wished")
def test_what_reports_openvinos_use_cannot_be_loaded() -> None:
    switch_off_telemetry()
    assert sys.modules["openvino_telemetry"] is None


def test_own_traces_leave_nothing_of_the_environments_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://192.0.2.1:9")
    allow_own_traces()
    assert not [name for name in os.environ if name.startswith("OTEL_")]
