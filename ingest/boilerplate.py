"""What a printed page repeats: its number, and the lines beside the number on every page. Pure.

Only within one document, and only beside a number that counts on: a sentence that stands below several headings is
what each of them says. What many documents repeat stays, because a document must not read otherwise when another one
comes or goes.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from retrieval.document import Block, Document

_PAGES = 3  # at least; less may be chance
_LONGEST = 120  # characters of such a line
_PAGE_NUMBER = re.compile(
    r"\b(?:page|pag\.?|página|pagina|seite|side|sida|sivu|strona|str\.|p\.)\s*(\d{1,4})\b|"
    r"^(\d{1,4})\s*(?:/|of|von|de|di|sur|van|av|z)\s*\d{1,4}$|^[-–—]\s*(\d{1,4})\s*[-–—]$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def without_page_furniture(document: Document) -> Document:
    """The document without page numbers and running headers and footers; unchanged where nothing else is left."""
    blocks = [block for section in document.sections for block in section.blocks]
    furniture = _numbers(blocks)
    if not furniture:
        return document
    furniture = _with_lines_beside(blocks, furniture)
    kept = iter([place not in furniture for place in range(len(blocks))])
    sections = (
        replace(section, blocks=tuple(block for block in section.blocks if next(kept))) for section in document.sections
    )
    left = tuple(section for section in sections if section.blocks)
    return replace(document, sections=left) if left else document


def _numbers(blocks: Sequence[Block]) -> set[int]:
    """Places of lines that differ in a page's number only, which goes up by one, or by two where a page has none."""
    series: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, block in enumerate(blocks):
        match = _PAGE_NUMBER.search(block.text) if len(block.text) <= _LONGEST else None
        if match:
            series[_DIGITS.sub("0", block.text)].append((place, int(match[match.lastindex or 0])))
    return {
        place
        for found in series.values()
        if len(found) >= _PAGES and all(after - before in (1, 2) for (_, before), (_, after) in pairwise(found))
        for place, _ in found
    }


def _with_lines_beside(blocks: Sequence[Block], furniture: set[int]) -> set[int]:
    """The same and the short lines that stand beside it on every page; the first or last one may lack a neighbour."""
    pages = len(furniture)
    places: dict[str, list[int]] = defaultdict(list)
    for place, block in enumerate(blocks):
        if len(block.text) <= _LONGEST:
            places[block.text].append(place)
    repeated = [found for found in places.values() if len(found) >= max(_PAGES, pages - 1)]
    while True:
        more = {
            place
            for found in repeated
            if sum(place - 1 in furniture or place + 1 in furniture for place in found) >= len(found) - 1
            for place in found
        }
        if more <= furniture:
            return furniture
        furniture = furniture | more
