"""A real Milvus server of version 2.3.5, from the package that tests/heavy_packages.sh puts into the cache."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / ".cache" / "milvus-2.3.5"
ELSEWHERE = os.environ.get("FRONTDESK_TEST_MILVUS", "")  # the URI of a server to test against instead
# Stops the server when its input ends: also when the process that runs the tests is killed.
SERVE = """
import sys
sys.path.insert(0, sys.argv[1])
from milvus import MilvusServer
server = MilvusServer()
server.set_base_dir(sys.argv[2])
try:
    server.start()
    print(server.listen_port, flush=True)
    sys.stdin.read()
finally:
    server.stop()
"""


@contextmanager
def milvus_server(folder: Path) -> Iterator[str]:
    """Start a server with its data in this folder; its URI. A machine can run one at a time."""
    command = [sys.executable, "-c", SERVE, str(PACKAGE), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, "the Milvus server did not start; run tests/heavy_packages.sh"
        yield f"http://127.0.0.1:{port}"
