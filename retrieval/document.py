"""A document as a reader returns it: a title and sections of blocks, all plain text."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says about itself; empty where it says nothing.

    `countries` are ISO 3166 alpha-2 codes: where it applies, everywhere without any. Both dates are included.
    `supersedes` holds titles or paths of documents whose place it takes, as stated. `stated_audience` is who may read
    it, as stated.
    """

    countries: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_until: date | None = None
    supersedes: tuple[str, ...] = ()
    stated_audience: str | None = None

    def __post_init__(self) -> None:
        wrong = [code for code in self.countries if not (len(code) == 2 and code.isascii() and code.isupper())]
        if wrong:
            raise ValueError(f"countries: a code of two capital letters was expected, not {wrong[0]!r}")
        if self.effective_from and self.effective_until and self.effective_until < self.effective_from:
            raise ValueError(f"effective_until: {self.effective_until} is before {self.effective_from}")


NO_FACTS = Facts()


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
    facts: Facts = NO_FACTS

    @property
    def characters(self) -> int:
        """Length of the text without headings."""
        return sum(len(block.text) for section in self.sections for block in section.blocks)
