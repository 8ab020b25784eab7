"""The canvases of an export. Slack mostly writes links to them; where their text is there, it becomes a document."""

import json
from collections.abc import Iterator, Mapping

from ingest.slack_archive import SlackArchive
from ingest.slack_blocks import blocks_text
from ingest.slack_channels import NOT_IN_IDS
from ingest.slack_text import clean, plain
from retrieval.document import Block, Document, Section
from retrieval.plain import folded


def canvases_in(archive: SlackArchive, name: str, names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Id and content of each canvas of one file; the content is empty where there is no text.

    Raises:
        Unreadable: the file is broken.
    """
    for row in archive.rows(name):
        if not isinstance(row, dict):
            continue
        texts = (row.get(key) for key in ("plain_text", "text", "content", "preview"))
        text = next((text for text in texts if isinstance(text, str) and text.strip()), "")
        said = clean(plain(text, names) or blocks_text(row.get("blocks"), names))
        of_row, title = str(row.get("id")), clean(str(row.get("title") or row.get("name") or "Canvas"))
        is_one = bool(said) and not NOT_IN_IDS.search(of_row)
        yield of_row, json.dumps([folded(title), said]).encode() if is_one else b""


def read_canvas(data: bytes) -> Document:
    """The document of that content."""
    title, text = json.loads(data)
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    return Document(title, (Section((), tuple(Block(part) for part in paragraphs)),))
