"""Speaking to Milvus: to a server by its URI, or to a file that Milvus Lite keeps and this process serves to itself.

The only file that imports pymilvus. Each call ends within its time limit, and its failures are ours.
"""

import atexit
import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from retrieval.embedder import Vectors
from retrieval.errors import IndexUnavailable, Unusable

_CONNECT, _ASK, _CHANGE = 5.0, 10.0, 60.0  # seconds; pymilvus alone would try 75 times
# A server that comes back is tried at once; gRPC alone would wait for up to two minutes.
# A proxy that the environment names would see every vector: only the setting says where to.
_CHANNEL = {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.enable_http_proxy": 0,
}
_NOT_FOUND = 100
_ROWS = 1_000  # that are read at once
_EXACT = {"index_type": "FLAT", "metric_type": "IP"}  # of vectors of length 1, this is the cosine
_LIBRARIES = ("pymilvus", "pymilvus.milvus_client", "pymilvus.bulk_writer", "milvus_lite")
_served: dict[Path, str] = {}
_serving = threading.Lock()


class CollectionGone(IndexUnavailable):
    """Another process has dropped the collection, mostly because it has made a newer one."""


class Milvus:
    """The collections at one place: `http://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or a file `NAME.db`."""

    def __init__(self, place: str) -> None:
        pymilvus = _imported()
        self._types = pymilvus.DataType
        self._failures = (pymilvus.MilvusException, *_grpc_failures())
        self.is_file = "://" not in place
        self.name, token = (place, "") if self.is_file else _address(place)
        uri = _serve(Path(place)) if self.is_file else self.name
        named = {"token": token, "timeout": _CONNECT, "grpc_options": _CHANNEL}
        self._client: Any = self._tried(lambda: pymilvus.MilvusClient(uri, **named))

    def names(self, prefix: str) -> list[str]:
        """Names of the collections that begin so."""
        return sorted(name for name in self._call("list_collections", seconds=_ASK) if name.startswith(prefix))

    def create(self, name: str, dim: int, description: str) -> None:
        """A new collection of id, audience and vector (dim,), ready to be searched."""
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False, description=description)
        schema.add_field("id", self._types.VARCHAR, is_primary=True, max_length=64)
        schema.add_field("audience", self._types.VARCHAR, max_length=1024)
        schema.add_field("vector", self._types.FLOAT_VECTOR, dim=dim)
        how = self._client.prepare_index_params()
        how.add_index("vector", **_EXACT)
        self._call("create_collection", name, schema=schema, seconds=_CHANGE)
        self._call("create_index", name, how, sync=False, seconds=_CHANGE)  # pymilvus would sleep half a second
        self.load(name)

    def load(self, name: str) -> None:
        """Make it ready to be searched; nothing where it is."""
        self._call("load_collection", name, seconds=_CHANGE)

    def drop(self, name: str) -> None:
        """Forget the collection; nothing where it is not there."""
        self._call("drop_collection", name, seconds=_CHANGE)

    def upsert(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put these rows in, replacing those of the same id."""
        self._call("upsert", name, list(rows), seconds=_CHANGE)

    def delete(self, name: str, ids: Sequence[str]) -> None:
        """Take these rows out."""
        self._call("delete", name, ids=list(ids), seconds=_CHANGE)

    def settle(self, name: str) -> None:
        """Let Milvus Lite write what it holds in memory, where it searches a row at a time; a server does so itself."""
        if self.is_file:
            self._call("flush", name, seconds=_CHANGE)
            self.load(name)

    def audience(self, name: str, row: str) -> str | None:
        """The audience of one row as everybody has written it; none where there is no such row."""
        asked = {"ids": [row], "output_fields": ["audience"], "consistency_level": "Strong"}
        found = self._call("query", name, seconds=_ASK, **asked)
        return str(found[0]["audience"]) if found else None

    def all(self, name: str) -> Iterator[list[dict[str, Any]]]:
        """Every row as it was put in, some at a time."""
        asked = {"output_fields": ["id", "audience", "vector"], "batch_size": _ROWS, "consistency_level": "Strong"}
        rows = self._call("query_iterator", name, seconds=_ASK, **asked)
        while some := self._tried(rows.next):
            yield [dict(row) for row in some]
        rows.close()

    def count(self, name: str) -> int:
        """How many rows there are."""
        asked = {"filter": "", "output_fields": ["count(*)"], "consistency_level": "Strong"}
        return int(self._call("query", name, seconds=_ASK, **asked)[0]["count(*)"])

    def search(self, name: str, vector: Vectors, only: str, k: int, consistency: str) -> list[tuple[str, float]]:
        """Id and inner product of the k nearest rows that this expression lets through."""
        asked = {"filter": only, "limit": k, "output_fields": ["id"], "search_params": {"metric_type": "IP"}}
        (hits,) = self._call("search", name, [vector], seconds=_ASK, consistency_level=consistency, **asked)
        return [(str(hit["id"]), float(hit["distance"])) for hit in hits]

    def _call(self, method: str, *given: Any, seconds: float, **named: Any) -> Any:
        return self._tried(lambda: getattr(self._client, method)(*given, timeout=seconds, **named))

    def _tried(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except self._failures as exc:
            if getattr(exc, "code", None) == _NOT_FOUND:
                raise CollectionGone(f"The index in Milvus at {self.name} was replaced just now. Try again") from exc
            cure = (
                "If that stays so, delete it and start again" if self.is_file else "Look whether it runs, and try again"
            )
            raise IndexUnavailable(
                f"Milvus at {self.name} cannot be used. {cure}: the ledger is complete, and the index follows by itself"
            ) from exc


def _imported() -> Any:
    try:
        import pymilvus
    except ImportError as exc:
        raise Unusable("Milvus needs a package that is not installed. Run: pip install 'frontdesk[milvus]'") from exc
    for name in _LIBRARIES:  # pymilvus brings handlers of its own; what fails comes to us as an exception
        library = logging.getLogger(name)
        library.handlers.clear()
        library.setLevel(logging.CRITICAL)
    return pymilvus


def _grpc_failures() -> list[type[Exception]]:
    from grpc import FutureTimeoutError, RpcError

    return [RpcError, FutureTimeoutError]


def _address(place: str) -> tuple[str, str]:
    """The URI without its secrets, and the secrets as pymilvus takes them."""
    parts = urlsplit(place)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unusable(
            f"A Milvus server is named as http://HOST:PORT, https://USER:PASSWORD@HOST:PORT/DATABASE or alike, not as "
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        )
    secrets, _, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{host}{parts.path}", ":".join(unquote(part) for part in secrets.split(":", 1))


def _serve(file: Path) -> str:
    """The address of the file: a socket that only this user can reach, not the open port that pymilvus would take."""
    if file.suffix != ".db":
        raise Unusable(f"The name of a Milvus Lite file ends in .db, which {file} does not")
    file = file.absolute()
    with _serving:
        if file not in _served:
            _served[file] = _started(file)
        return _served[file]


def _started(file: Path) -> str:
    try:
        from milvus_lite.adapter.grpc.server import start_server_in_thread
        from milvus_lite.exceptions import DataDirLockedError
    except ImportError as exc:
        raise Unusable("Milvus Lite is not installed. Run: pip install 'frontdesk[milvus]'") from exc
    file.parent.mkdir(parents=True, exist_ok=True)
    file.mkdir(mode=0o700, exist_ok=True)
    sockets = tempfile.mkdtemp(prefix="frontdesk-milvus-")
    try:
        server, database, port = start_server_in_thread(str(file), host=f"unix:{sockets}/socket", port=1)
    except DataDirLockedError as exc:
        shutil.rmtree(sockets)
        raise IndexUnavailable(
            f"The Milvus Lite file {file} is open in another process, and only one can use it. Stop that one, or run "
            f"`milvus-lite server --host 127.0.0.1 --data-dir {file}` and let all use milvus:http://127.0.0.1:19530"
        ) from exc

    def stop() -> None:
        server.stop(grace=1).wait()
        database.close()
        shutil.rmtree(sockets, ignore_errors=True)

    atexit.register(stop)
    return f"unix:{sockets}/socket:{port}"
