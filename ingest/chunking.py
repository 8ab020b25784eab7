"""Cutting a document into chunks that follow its structure, measured in the embedder's tokens. Pure.

Only a block that is longer than a chunk is cut inside; LangChain's splitter finds the places.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from langchain_text_splitters import RecursiveCharacterTextSplitter

from retrieval.chunk import Chunk, chunk_id, embedded_text
from retrieval.document import Block, Document

CHUNK_TOKENS = 200
_SPECIAL = 2  # the embedder's marks at both ends
_LEAD_SHARE = 3  # a repeated lead takes at most a third of a chunk
_TITLE_SHARE, _HEAD_SHARE = 4, 2  # title, and title with headings, of what the embedder reads
_CHARACTERS = 16  # to a token at most: some tokenizers call a word of any length one token
_SEPARATORS = ["\n\n", "\n", ". ", "; ", ", ", " ", ""]


def split(document: Document, uri: str, count: Callable[[str], int], longest: int) -> list[Chunk]:
    """Chunks in order. `count` counts the embedder's tokens, `longest` is the most it reads."""

    @cache  # most texts are asked about three times, and counting is what splitting spends its time with
    def size(text: str) -> int:
        return max(count(text), len(text) // _CHARACTERS)

    title = next(iter(_cut(document.title, longest // _TITLE_SHARE, size)), "")
    occurrences: dict[str, int] = {}
    found = []
    for section in document.sections:
        headings = section.heading_path
        while headings and size(embedded_text(title, headings, "")) > longest // _HEAD_SHARE:
            headings = headings[1:]
        room = min(CHUNK_TOKENS, longest - _SPECIAL - size(embedded_text(title, headings, "")))
        for text, anchors in _packed(section.blocks, room, size):
            embedded = embedded_text(title, headings, text)
            occurrence = occurrences.get(embedded, 0)
            occurrences[embedded] = occurrence + 1
            id_ = chunk_id(uri, embedded, occurrence)
            found.append(Chunk(id_, uri, title, headings, text, anchors))
    return found


@dataclass(slots=True)
class _Draft:
    """A chunk in the making."""

    text: str = ""
    tokens: int = 0
    anchors: list[tuple[int, str]] = field(default_factory=list)

    def add(self, block: Block, tokens: int) -> None:
        if self.text:
            self.text += "\n" if block.joined else "\n\n"
        if block.anchor and (not self.anchors or self.anchors[-1][1] != block.anchor):
            self.anchors.append((len(self.text), block.anchor))
        self.text += block.text
        self.tokens += tokens


def _packed(
    blocks: tuple[Block, ...], room: int, count: Callable[[str], int]
) -> Iterator[tuple[str, tuple[tuple[int, str], ...]]]:
    draft = _Draft()
    for whole in blocks:
        for block in _pieces(whole, room, count):
            tokens = count(block.text)
            if draft.text and draft.tokens + tokens > room:
                yield draft.text, tuple(draft.anchors)
                draft = _Draft()
            if not draft.text and block.lead and block.lead != block.text:
                draft.add(Block(block.lead, anchor=block.anchor), count(block.lead))
            draft.add(block, tokens)
    if draft.text:
        yield draft.text, tuple(draft.anchors)


def _pieces(block: Block, room: int, count: Callable[[str], int]) -> list[Block]:
    """The block, or its pieces where it does not fit into one chunk."""
    lead = _cut(block.lead, room // _LEAD_SHARE, count)[0] if block.lead else ""
    space = room - (count(lead) if lead else 0)
    return [replace(block, text=text, lead=lead) for text in _cut(block.text, space, count)]


def _cut(text: str, room: int, count: Callable[[str], int]) -> list[str]:
    if count(text) <= room:
        return [text]
    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS, chunk_size=room, chunk_overlap=0, length_function=count, keep_separator="end"
    )
    return splitter.split_text(text)
