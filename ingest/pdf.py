"""Reading PDF with PDFium: text in reading order, under the headings that its letters show, each block with its page.

Pages are the anchors: `#page=3` opens the third one in every browser. Pictures are not read.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from threading import Lock

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.outline import Outline
from ingest.pdf_layout import in_order
from ingest.pdf_page import Page, read_page
from ingest.pdf_paragraphs import Paragraph, paragraphs
from ingest.pdf_table import Item, Table, items_of
from retrieval.document import Document
from retrieval.errors import Unreadable
from retrieval.plain import folded

_ONE_AT_A_TIME = Lock()  # PDFium is not made for threads
_MOST_PAGES = 5000
_MARGIN = 0.12  # of a page's height, in which heads and feet stand
_LARGER = 1.12  # times the size of most text: a heading
_LONGEST_HEADING = 150  # characters
_DEEPEST = 6
_SAME_PLACE = 12.0  # points between the sides of a table on two pages
_BETWEEN_CELLS = " | "
_DAMAGED = "it is damaged or no PDF; open it in its program and save it again"
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|p|s)\b\.? ?)?\d{1,4}(?: ?(?:/|of|von|de|sur) ?\d{1,4})?\W*", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?:\w+ )?\d+(?:\.\d+)*[.:)]?(?:\s|$)")
# What programs write where nobody gave a title.
_NO_TITLE = re.compile(
    r"^microsoft (?:word|powerpoint|excel) - |^\W*(?:untitled|anonymous|unspecified|document|dokument|presentation|"
    r"powerpoint[- ]presentation|slide)[\W\d]*$|\.(?:docx?|odt|rtf|pptx?|xlsx?|pdf|indd|tex|dvi|html?)$",
    re.IGNORECASE,
)


def read_pdf(data: bytes) -> Document:
    """Headings, paragraphs, list items and table rows; heads, feet and page numbers are left out."""
    with _ONE_AT_A_TIME:
        pages, stated = _read(data)
    if not any(page.pieces for page in pages) and any(page.pictured for page in pages):
        raise Unreadable(
            "it is scanned: its pages are pictures without text; recognise its text (OCR) and add it again"
        )
    body = _body_size(pages)
    lines = (line for page, items in _without_furniture(pages, body) for line in in_order(items, page.number))
    parts = list(paragraphs(lines))
    return _outline(parts, _levels(parts, body), stated).document()


def _read(data: bytes) -> tuple[list[Page], str]:
    try:
        opened = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as exc:
        # The code may be that of an earlier file.
        if exc.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY) and b"/Encrypt" in data:
            raise Unreadable("it is encrypted; save it without a password and add it again") from exc
        raise Unreadable(_DAMAGED) from exc
    try:
        pages = [page for number in range(min(len(opened), _MOST_PAGES)) for page in _page(opened, number)]
        if not pages:
            raise Unreadable(_DAMAGED if len(opened) else "there is no page in it")
        return pages, folded(opened.get_metadata_value("Title"))
    finally:
        opened.close()


def _page(opened: pdfium.PdfDocument, number: int) -> Iterator[Page]:
    """The page, or nothing where it is damaged."""
    try:
        page = opened[number]
    except pdfium.PdfiumError:
        return
    try:
        yield read_page(page, number + 1)
    except pdfium.PdfiumError:
        return
    finally:
        page.close()


def _body_size(pages: Sequence[Page]) -> float:
    """The size in which most of the text is set; of the text between the margins where there is any."""
    placed = [(piece, _in_margin(piece, page)) for page in pages for piece in page.pieces]
    only_margins = all(in_margin for _, in_margin in placed)
    sizes: Counter[float] = Counter()
    for piece, in_margin in placed:
        if only_margins or not in_margin:
            sizes[_rounded(piece.size)] += len(piece.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _without_furniture(pages: Sequence[Page], body: float) -> list[tuple[Page, list[Item]]]:
    """What stands on the pages, without what repeats in their margins and without their numbers."""
    found = [(page, items_of(page)) for page in pages]
    seen = Counter(key for page, items in found for key in {_key(item) for item in items if _in_margin(item, page)})

    def stays(item: Item, page: Page, items: list[Item]) -> bool:
        if not _in_margin(item, page) or item.size > body * _LARGER:
            return True
        return seen[_key(item)] < 2 and not _is_page_number(item, items)

    left = [[item for item in items if stays(item, page, items)] for page, items in found]
    # A page of nothing else, and without a picture, has no heads and feet: that is what it says.
    return [(page, rest if rest or page.pictured else items) for (page, items), rest in zip(found, left, strict=True)]


def _key(item: Item) -> tuple[str, int]:
    return re.sub(r"\d+", "#", item.text.casefold()), round(item.base)


def _in_margin(item: Item, page: Page) -> bool:
    return not _MARGIN * page.height <= item.base <= (1 - _MARGIN) * page.height


def _is_page_number(item: Item, items: list[Item]) -> bool:
    """A number that stands alone, outside of everything else."""
    others = [other.base for other in items if other is not item]
    outside = all(base > item.base + item.size / 2 for base in others) or all(
        base < item.base - item.size / 2 for base in others
    )
    return outside and bool(_PAGE_NUMBER.fullmatch(item.text))


def _levels(parts: Sequence[Paragraph | Table], body: float) -> list[int]:
    """Each part's level as a heading, from its size and weight; 0 where it is none."""
    looks = sorted({_look(part) for part in parts if _may_be_heading(part, body)}, reverse=True)
    levels = [looks.index(_look(part)) + 1 if _may_be_heading(part, body) else 0 for part in parts]
    for place in reversed(range(len(parts))):  # a heading has something below it
        below = levels[place + 1] if place + 1 < len(parts) else 1
        if levels[place] and below and below <= levels[place]:
            levels[place] = 0
    tops = [place for place, level in enumerate(levels) if level == 1]
    if tops and not _is_title(parts, tops, body):
        levels = [level + 1 if level else 0 for level in levels]
    return [min(level, _DEEPEST) for level in levels]


def _look(part: Paragraph | Table) -> tuple[float, bool]:
    return (_rounded(part.size), part.bold) if isinstance(part, Paragraph) else (0.0, False)


def _may_be_heading(part: Paragraph | Table, body: float) -> bool:
    if isinstance(part, Table) or len(part.text) > _LONGEST_HEADING or not re.search(r"[^\W\d_]", part.text):
        return False
    if part.text.startswith("- ") or re.search(r"[.,;]$", part.text):
        return False
    is_larger = part.size > body * _LARGER
    return is_larger or (part.bold and part.size > body * 0.95 and not part.text.endswith(":"))


def _is_title(parts: Sequence[Paragraph | Table], tops: list[int], body: float) -> bool:
    """Whether the first of the largest headings names the whole document."""
    first = parts[tops[0]]
    if not isinstance(first, Paragraph) or first.page > 1:
        return False
    if tops[0] == 0:
        return len(tops) == 1 or not _NUMBERED.match(first.text)
    before = sum(len(part.text) for part in parts[: tops[0]])
    return len(tops) == 1 and first.size > body * _LARGER and before <= _LONGEST_HEADING


def _outline(parts: Sequence[Paragraph | Table], levels: Sequence[int], stated: str) -> Outline:
    outline = Outline(_sensible(stated, parts, levels))
    above: Table | None = None
    header: tuple[str, ...] = ()
    for part, level in zip(parts, levels, strict=True):
        anchor = f"#page={part.page}"
        if isinstance(part, Table):
            header = header if above and _goes_on(above, part) else ()
            header = _add_table(outline, part, header, anchor)
        elif level:
            outline.heading(level, part.text)
        else:
            outline.block(part.text, joined=part.joined, anchor=anchor)
        above = part if isinstance(part, Table) else None
    return outline


def _goes_on(above: Table, table: Table) -> bool:
    """Whether a table goes on after the end of a page."""
    return (
        table.page == above.page + 1
        and len(table.rows[0]) == len(above.rows[0])
        and abs(table.left - above.left) < _SAME_PLACE
        and abs(table.right - above.right) < _SAME_PLACE
    )


def _sensible(stated: str, parts: Sequence[Paragraph | Table], levels: Sequence[int]) -> str:
    """The title that the file states, where it is one: templates and programs leave theirs behind."""
    if _NO_TITLE.search(stated) or not re.search(r"[^\W\d_]{2}", stated):
        return ""
    opening = " ".join(part.text for part in parts if part.page <= 2)
    return stated if 1 not in levels or stated.casefold() in opening.casefold() else ""


def _add_table(outline: Outline, table: Table, header: tuple[str, ...], anchor: str) -> tuple[str, ...]:
    """Rows, each led by the header; a table that goes on has its own already, and may repeat it."""
    if not header:
        outline.block(_as_text(table.rows[0]), anchor=anchor)
    header = header or table.rows[0]
    for row in table.rows:
        if row != header:
            outline.block(_as_text(row), lead=_as_text(header), joined=True, anchor=anchor)
    return header


def _as_text(row: Sequence[str]) -> str:
    return _BETWEEN_CELLS.join(row).rstrip("| ")
