"""What a reading process and its parent say to each other: frames, and a document as bytes and back.

The parent believes nothing of what comes back: a hostile file may have taken the process over. Nothing in it is run,
every value is checked, and every text is made harmless again.
"""

import json
import struct
from datetime import date
from typing import Any

from retrieval.document import Block, Document, Facts, Section
from retrieval.plain import folded, storable

REQUEST = struct.Struct(">IQ")  # lengths of the path and of the data, which follow
ANSWER = struct.Struct(">cQ")  # kind and length of what follows
READY, DOCUMENT, REASON = b"H", b"D", b"R"
OUT_OF_MEMORY = 71  # the exit status that says so

_LONGEST_REASON = 300


def packed(document: Document) -> bytes:
    """As JSON; a table's header row, which all of its rows repeat, is in it once."""
    leads: dict[str, int] = {}
    sections = [
        [
            section.heading_path,
            [
                [block.text, leads.setdefault(block.lead, len(leads)), block.anchor, block.joined]
                for block in section.blocks
            ],
        ]
        for section in document.sections
    ]
    facts = document.facts
    days = [day.isoformat() if day else None for day in (facts.effective_from, facts.effective_until)]
    whole = [document.title, [facts.countries, *days, facts.supersedes, facts.stated_audience], list(leads), sections]
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def unpacked(data: bytes) -> Document:
    """The document again.

    Raises:
        ValueError: for everything that `packed` does not make.
    """
    try:
        title, facts, leads, sections = json.loads(data.decode())
        leads = [storable(_text(lead)).strip() for lead in leads]
        return Document(_line(title), tuple(_section(leads, *section) for section in sections), _facts(*facts))
    except (TypeError, ValueError, LookupError, RecursionError) as exc:
        raise ValueError(f"no document ({type(exc).__name__})") from exc


def reason_in(data: bytes) -> str:
    """Why a document cannot be read, short and harmless."""
    return folded(storable(data.decode(errors="replace")))[:_LONGEST_REASON] or "it gives no reason"


def _section(leads: list[str], path: Any, blocks: Any) -> Section:
    return Section(tuple(map(_line, path)), tuple(_block(leads, *block) for block in blocks))


def _block(leads: list[str], text: Any, lead: Any, anchor: Any, joined: Any) -> Block:
    if not isinstance(joined, bool):
        raise TypeError("joined")
    return Block(storable(_text(text)).strip("\n "), leads[lead], _anchor(anchor), joined)


def _facts(countries: Any, begins: Any, ends: Any, supersedes: Any, audience: Any) -> Facts:
    stated = None if audience is None else _line(audience)
    return Facts(tuple(map(_text, countries)), _day(begins), _day(ends), tuple(map(_line, supersedes)), stated)


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _anchor(value: Any) -> str:
    """A place inside the document; an address, which a page would offer to open, is left out."""
    anchor = _text(value)
    return anchor if ":" not in anchor and anchor.isprintable() else ""


def _line(value: Any) -> str:
    return folded(storable(_text(value)))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value
