"""Collecting blocks under headings while a document is read from top to bottom."""

import re
from dataclasses import dataclass, field

from retrieval.document import NO_FACTS, Block, Document, Facts, Section
from retrieval.plain import folded


@dataclass(slots=True)
class Outline:
    """A document in the making. The first heading of level 1 is its title, unless a title was given."""

    title: str = ""
    facts: Facts = NO_FACTS
    _path: list[tuple[int, str]] = field(default_factory=list)
    _sections: list[tuple[tuple[str, ...], list[Block]]] = field(default_factory=list)
    _anchor: str = ""

    @property
    def begun(self) -> bool:
        """Whether anything has been added."""
        return bool(self._sections)

    @property
    def is_bare(self) -> bool:
        """Whether nothing stands below the present heading yet."""
        return self.begun and not self._sections[-1][1]

    def heading(self, level: int, text: str, *, anchor: str = "") -> None:
        """Begin a section; headings of the same or a deeper level end. Without an anchor one is made of the text."""
        text = folded(text)
        if not text:
            return
        self._anchor = anchor or "#" + re.sub(r"[^\w]+", "-", text.lower()).strip("-")
        self._path = [entry for entry in self._path if entry[0] < level]
        if not self.title and level == 1:
            self.title = text
        if text != self.title:
            self._path.append((level, text))
        self._sections.append((tuple(heading for _, heading in self._path), []))

    def block(self, text: str, *, lead: str = "", joined: bool = False, anchor: str = "") -> None:
        """Add a block to the present section; without an anchor of its own it has the heading's."""
        if not text.strip():
            return
        if not self._sections:
            self._sections.append(((), []))
        self._sections[-1][1].append(Block(text, lead, anchor or self._anchor, joined))

    def document(self) -> Document:
        """What was collected; a title that no heading gave stays empty."""
        if not any(blocks for _, blocks in self._sections):  # headings are all that it says
            for path, blocks in self._sections:
                blocks.append(Block(path[-1] if path else self.title))
        sections = tuple(Section(path, tuple(blocks)) for path, blocks in self._sections)
        return Document(self.title, sections, self.facts)
