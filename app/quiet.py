"""A process that keeps to itself: no surprise network, and no spinning on processors that others need.

Called at every entry point, before anything heavy is imported.
"""

import os
import sys

_OFF = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "OTEL_SDK_DISABLED": "true",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "TOKENIZERS_PARALLELISM": "true",
    "PYTHON_DOTENV_DISABLED": "true",  # pymilvus would read a .env file of whatever project is around it
}


def switch_off_telemetry() -> None:
    """Usage statistics, tracing and model hubs off, whatever the environment says."""
    os.environ.update(_OFF)
    # OpenVINO reports each import to its makers; without this package it cannot, whoever imports it.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    for name in ("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY", "LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT"):
        os.environ.pop(name, None)


def share_processors() -> None:
    """Let OpenMP's threads sleep while they wait.

    They spin by default: two of our processes on two cores then take 1,200 ms for a question's embedding, and 8 to
    28 ms with sleeping threads (docs/decisions.md).
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def allow_own_traces() -> None:
    """OpenTelemetry may work here, since a setting names a collector; what the environment asks of it is dropped."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        del os.environ[name]
