"""The files on a thread's messages: documents of their own below the thread, for whoever may read the thread."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from ingest import reader
from ingest.slack_client import SlackClient
from ingest.source import Item
from retrieval.access import Audience
from retrieval.chunk import digest
from retrieval.document import Document

Read = Callable[[bytes, str], Document]

_HELD = frozenset({"hosted", "snippet", "email"})
_NOT_IN_IDS = frozenset("/,; \t\n")


def file_items(
    client: SlackClient, read: Read, thread: str, audience: Audience, files: Iterable[Mapping[str, Any]]
) -> Iterator[Item]:
    """Those that Slack holds and a reader knows; each is fetched when it is new."""
    for file in files:
        name, url = _name(file), file.get("url_private_download") or file.get("url_private")
        if not (_is_readable(file, name) and isinstance(url, str)):
            continue
        size = file["size"] if isinstance(file.get("size"), int) else 0
        stamp = digest(f"{name}\0{size}\0{file.get('timestamp')}\0{file.get('edit_timestamp')}")[:32]
        load = partial(client.file, url, size, str(file.get("mimetype") or ""))
        yield Item(f"{thread}/{file['id']}", stamp, audience, load, partial(_read, read, name), fleeting=True)


def canvas_item(client: SlackClient, read: Read, channel: str, audience: Audience, canvas: str) -> Item:
    """A channel's own canvas, for whoever may read the channel; other canvases have readers of their own.

    Raises:
        SlackRefused: it is gone.
        Unusable: the app may not read canvases.
    """
    content = str(client.call("canvases.getContent", canvas_id=canvas).get("content") or "").encode()
    read_it = partial(_read, read, "canvas.md")
    return Item(f"{channel}/{canvas}", digest(content)[:32], audience, partial(bytes, content), read_it, fleeting=True)


def _read(read: Read, name: str, data: bytes) -> Document:
    return read(data, name)


def _is_readable(file: Mapping[str, Any], name: str) -> bool:
    is_there = file.get("mode") in _HELD and file.get("file_access", "visible") == "visible"
    return is_there and reader.suffix_of(name) in reader.READERS and _NOT_IN_IDS.isdisjoint(str(file["id"]))


def _name(file: Mapping[str, Any]) -> str:
    """As it is called; a snippet's name may lack the ending that its type tells."""
    name = PurePosixPath(str(file.get("name") or file.get("title") or file["id"])).name
    ending = f".{file.get('filetype')}"
    return name if reader.suffix_of(name) or ending not in reader.READERS else f"{name}{ending}"
