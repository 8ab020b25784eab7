"""A home served by the real server in a thread of the test's own process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from app.bootstrap import Home
from app.door import service_key
from app.server import make_app


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Home, port: int = 0) -> Iterator[str]:
    """Serve until the block ends; gives the address."""
    _ = home.engine  # the home must exist before its key does
    app = make_app(home, service_key(home.settings.home))
    # The client may live in the loop that waits here for the server's end, and then hangs up no more.
    with socket.create_server(("127.0.0.1", port)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            httpx.get(f"{address}/healthz", timeout=60, trust_env=False).raise_for_status()
            yield address
        finally:
            server.should_exit = True
            thread.join()
