"""The reader seam: bytes of one format to a Document. A reader is a function; this file knows which reads what."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ingest.eml import read_eml
from ingest.facts import completed
from ingest.html import read_html
from ingest.markdown import read_markdown
from ingest.odt import read_odt
from ingest.pdf import read_pdf
from ingest.sheet import read_xlsx
from ingest.slides import read_pptx
from ingest.table import read_csv, read_tsv
from ingest.text import read_text
from ingest.word import read_docx
from retrieval.document import Block, Document, Section
from retrieval.errors import Unreadable
from retrieval.plain import folded, storable

Reader = Callable[[bytes], Document]

READERS: dict[str, Reader] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".txt": read_text,
    ".text": read_text,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".xlsx": read_xlsx,
    ".odt": read_odt,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".eml": lambda data: read_eml(data, read),
}
LARGEST = 32 * 2**20
_SUCCESSORS = {".doc": ".docx", ".xls": ".xlsx", ".ppt": ".pptx"}


def suffix_of(path: str) -> str:
    """The ending that decides the format, in lower case."""
    return PurePosixPath(path).suffix.lower()


def read(data: bytes, path: str) -> Document:
    """Read one document; a title it does not state is made from its name.

    Raises:
        Unreadable: with the reason, for every input that is not a readable document of that format.
    """
    reader = READERS.get(suffix_of(path))
    if reader is None:
        raise Unreadable(unsupported(path))
    if len(data) > LARGEST:
        raise Unreadable(f"the file has {len(data) // 2**20} MiB, the limit is {LARGEST // 2**20} MiB")
    try:
        document = reader(data)
    except (RecursionError, ValueError, LookupError, AssertionError) as exc:
        raise Unreadable(f"it is no valid {suffix_of(path)} file ({type(exc).__name__})") from exc
    document = replace(
        document,
        title=folded(storable(document.title)) or folded(storable(_title_from(path))),
        sections=_clean(document.sections),
    )
    if not document.characters:
        raise Unreadable("there is no text in it")
    return replace(document, facts=completed(document, path))


def unsupported(path: str) -> str:
    """Why a file of this name cannot be read."""
    ending = suffix_of(path) or "no ending"
    if ending == ".zip":
        return "archives in a folder are not read; unpack it, or ingest a Slack export by itself"
    if ending in _SUCCESSORS:
        return f"no reader for {ending}; save it as {_SUCCESSORS[ending]}"
    return f"no reader for {ending}; known are {', '.join(READERS)}"


def _clean(sections: Sequence[Section]) -> tuple[Section, ...]:
    cleaned = []
    for section in sections:
        blocks = tuple(block for block in map(_storable_block, section.blocks) if block.text)
        if blocks:
            path = tuple(folded(storable(heading)) for heading in section.heading_path)
            cleaned.append(Section(tuple(heading for heading in path if heading), blocks))
    return tuple(cleaned)


def _storable_block(block: Block) -> Block:
    return replace(block, text=storable(block.text).strip("\n "), lead=storable(block.lead).strip())


def _title_from(path: str) -> str:
    stem = PurePosixPath(path).stem.replace("-", " ").replace("_", " ").strip()
    return stem[:1].upper() + stem[1:]
