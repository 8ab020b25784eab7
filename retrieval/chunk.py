"""A chunk: the piece of a document that is embedded, found, numbered and quoted."""

import hashlib
from dataclasses import dataclass

_FORM = "words"  # changes when something else is stored with a vector


@dataclass(frozen=True, slots=True)
class Chunk:
    """Text that is found as one. `anchors` are (character offset, anchor) pairs in ascending order."""

    id: str
    uri: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    anchors: tuple[tuple[int, str], ...] = ()

    @property
    def heading(self) -> str:
        """The headings from the top, as a person reads them."""
        return " > ".join(self.heading_path)

    @property
    def embedded_text(self) -> str:
        """What the embedder sees: title and headings first, so that a short chunk keeps its topic."""
        return embedded_text(self.title, self.heading_path, self.text)

    def anchor_at(self, offset: int) -> str:
        """The anchor of the block that holds this character offset."""
        found = ""
        for start, anchor in self.anchors:
            if start > offset:
                break
            found = anchor
        return found


def embedded_text(title: str, heading_path: tuple[str, ...], text: str) -> str:
    """Title, headings (unless one repeats the title) and text."""
    head = [title, *(heading for heading in heading_path if heading != title)]
    return " - ".join(part for part in head if part) + "\n" + text


def chunk_id(uri: str, embedded: str, occurrence: int) -> str:
    """A stable id: the same text in the same document, n-th occurrence, has the same id in every run."""
    return digest(f"{uri}\0{embedded}\0{occurrence}")[:32]


def digest(text: str | bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def embedding_digest(embedder_id: str, embedded: str) -> str:
    """Key of a stored vector and its words: covers the embedded text and the embedder, nothing else."""
    return digest(f"{_FORM}\0{embedder_id}\0{embedded}")
