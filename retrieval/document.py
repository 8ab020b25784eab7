"""A document as a reader returns it: a title and sections of blocks, all plain text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table row or message.

    `lead` is repeated at the top of a chunk in which this block stands without it: a table's header row, the
    first message of a thread. `anchor` is where a link should lead: a heading, a page, a message permalink.
    `joined` says that the block continues the one before (list, table) on the next line.
    """

    text: str
    lead: str = ""
    anchor: str = ""
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks that stand directly below one heading, and the headings above them from the top."""

    heading_path: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of one item."""

    title: str
    sections: tuple[Section, ...]

    @property
    def characters(self) -> int:
        """Length of the text without headings."""
        return sum(len(block.text) for section in self.sections for block in section.blocks)
