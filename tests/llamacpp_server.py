"""llama.cpp's own OpenAI-compatible server, as llama-cpp-python has it, with a GGUF file of ours."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.serving import free_port

needs_llamacpp = pytest.mark.llamacpp  # run by name: it compiles for half an hour
_STARTS_IN = 60.0  # seconds


@contextmanager
def llamacpp_server(file: Path) -> Iterator[str]:
    """Serve the file until the block ends; gives the URL."""
    port = free_port()
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(file), "--port", str(port), "--n_ctx", "2048"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}/v1"
        try:
            _wait_for(url)
            yield url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    limit = time.monotonic() + _STARTS_IN
    while True:
        try:
            httpx.get(f"{url}/models", timeout=5, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)
        else:
            return
