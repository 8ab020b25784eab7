"""Headers and footers, which stand on every page and are read once."""

from collections.abc import Iterable
from dataclasses import replace

from retrieval.document import Document, Section


def with_margins(document: Document, margins: Iterable[Document]) -> Document:
    """The document, and each text of its margins at the end: not the title again, nor what is no words."""
    found = {block.text: block for margin in margins for section in margin.sections for block in section.blocks}
    blocks = tuple(block for text, block in found.items() if text != document.title and any(map(str.isalpha, text)))
    return replace(document, sections=(*document.sections, Section((), blocks))) if blocks else document
