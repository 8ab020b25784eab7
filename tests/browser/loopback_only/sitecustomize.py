"""Put on PYTHONPATH by the browser tests: no Python process below may reach anything but this machine itself.

Each refused attempt is written to the file that LOOPBACK_ONLY_LOG names, so that a swallowed error shows as well.
"""

import os
import sys
from pathlib import Path

_HERE = {"", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}


def _host(event: str, args: tuple[object, ...]) -> object:
    if event == "socket.getaddrinfo":
        return args[0]
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        return address[0] if isinstance(address, tuple) else None  # a path is a Unix socket
    return None


def _guard(event: str, args: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    host = _host(event, args)
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in _HERE:
        return
    with Path(os.environ["LOOPBACK_ONLY_LOG"]).open("a") as log:
        log.write(f"{event} {name} from {sys.argv}\n")
    raise PermissionError(f"The test allows this machine only, not {name}")


sys.addaudithook(_guard)
