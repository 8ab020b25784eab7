"""Reading ODT: the text as it stands when all changes are accepted, without what is hidden."""

from collections.abc import Iterator, Sequence

from ingest.archive import Archive, Element
from ingest.margins import with_margins
from ingest.numbering import written
from ingest.outline import Outline
from ingest.properties import facts_in, title_in
from ingest.rows import add_rows
from retrieval.document import Document
from retrieval.errors import Unreadable
from retrieval.plain import folded

_WRAPPERS = frozenset({"section", "index-body", "numbered-paragraph"})
# What is no text of the document, and what is made of its headings.
_LEFT_OUT = frozenset(
    {
        "annotation",
        "note-citation",
        "page-count",
        "page-number",
        "ruby-text",
        "script",
        "table-of-content",
        "title",
        "desc",
    }
)
_LATER = frozenset({"text-box", "note-body"})
_AS_SPACE = frozenset({"p", "h", "tab", "s", "line-break"})
_ROWS = frozenset({"table-header-rows", "table-rows", "table-row-group"})
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_COUNTED = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MARGINS = ("header", "header-left", "header-first", "footer", "footer-left", "footer-first")
_MOST_COLUMNS = 100
_LONGEST_HEADING = 200  # what is longer was only made to look like one


def read_odt(data: bytes) -> Document:
    """Headings, paragraphs, items, rows, text boxes and notes in their order, then headers and footers once."""
    archive = Archive(data)
    manifest = archive.root("META-INF/manifest.xml")
    if manifest is not None and manifest.find(".//encryption-data") is not None:
        raise Unreadable("it is encrypted; save it without a password")
    content, styles, meta = (archive.root(f"{name}.xml") for name in ("content", "styles", "meta"))
    body = content.find("body/text") if content is not None else None
    if body is None:
        raise Unreadable("its text, in the part content.xml, is missing; open it in its program and save it again")
    return _Walk(content, styles, Outline(title_in(meta), facts_in(meta, "user-defined"))).document(body)


class _Walk:
    """Goes through one document."""

    def __init__(self, content: Element, styles: Element | None, outline: Outline) -> None:
        self._outline = outline
        self._common = styles
        trees = [tree for tree in (styles, content) if tree is not None]
        self._styles = {(one.get("family"), one.get("name")): one for tree in trees for one in tree.iter("style")}
        self._lists = {one.get("name"): one for tree in trees for one in tree.iter("list-style")}
        self._counts: dict[tuple[str, int], int] = {}
        self._after: list[Element] = []  # text boxes and notes, which stand after the block that they belong to

    def document(self, body: Element) -> Document:
        """Everything."""
        self._blocks(body)
        document = self._outline.document()
        margins = self._common.iter(*_MARGINS) if self._common is not None else ()
        return with_margins(document, (self._margin(one, document.title) for one in margins))

    def _margin(self, margin: Element, title: str) -> Document:
        self._outline = Outline(title)
        self._blocks(margin)
        return self._outline.document()

    def _blocks(self, container: Element) -> None:
        for child in container:
            if child.tag in ("p", "h"):
                self._paragraph(child)
            elif child.tag == "list":
                self._list(child, child.get("style-name", ""), 1)
            elif child.tag == "table":
                self._table(child)
            elif child.tag == "frame":
                self._after += child.iterfind("text-box")
            elif child.tag in _WRAPPERS and child.get("display") != "none":
                self._blocks(child)
            self._add_after()

    def _add_after(self) -> None:
        after, self._after = self._after, []
        for container in after:
            self._blocks(container)

    def _paragraph(self, paragraph: Element, marker: str = "") -> None:
        if self._is_hidden(paragraph):
            return
        text = folded("".join(self._pieces(paragraph)))
        bases = [style.get("parent-style-name") for style in self._styles_of(paragraph)]
        is_title = "Title" in (paragraph.get("style-name"), *bases)
        level = 0 if is_title else _number(paragraph, "outline-level", 1)
        if (is_title or paragraph.tag == "h") and len(text) <= _LONGEST_HEADING:
            self._outline.title = self._outline.title or (text if is_title else "")
            self._outline.heading(level, text)
        elif text:
            self._outline.block(marker + text, joined=bool(marker))

    def _list(self, items: Element, style: str, level: int) -> None:
        continues = items.get("continue-numbering") == "true" or "continue-list" in items.attrib
        if not continues:
            self._counts.pop((style, level), None)
        for item in items:
            marker = self._marker(style, level) if item.tag == "list-item" else ""
            for child in item:
                if child.tag == "list":
                    self._list(child, child.get("style-name", style), level + 1)
                elif child.tag in ("p", "h"):
                    self._paragraph(child, marker)
                    marker = "  "
                else:
                    self._blocks([child])
                self._add_after()

    def _marker(self, style: str, level: int) -> str:
        for one in self._lists.get(style, ()):
            kind = _COUNTED.get(one.get("num-format", ""))
            if one.tag == "list-level-style-number" and one.get("level") == str(level) and kind:
                count = self._counts.get((style, level), _number(one, "start-value", 1) - 1) + 1
                self._counts[style, level] = count
                return f"{one.get('num-prefix', '')}{written(count, kind)}{one.get('num-suffix', '')} "
        return "- "

    def _table(self, table: Element) -> None:
        rows = [[cell for cell in row if cell.tag in _CELLS] for row in _rows(table)]
        if all(len(cells) == 1 for cells in rows):  # a box around text
            for (cell,) in rows:
                self._blocks(cell)
            return
        above: dict[int, tuple[str, int]] = {}
        add_rows(self._outline, [self._row(cells, above) for cells in rows])

    def _row(self, cells: Sequence[Element], above: dict[int, tuple[str, int]]) -> list[str]:
        """The texts by column. Where a cell reaches down into this row, it says the same again."""
        texts: list[str] = []
        for cell in cells:
            column = len(texts)
            text, below = above.get(column, ("", 0))
            if cell.tag == "table-cell":
                text = folded("".join(self._pieces(cell)))
                below = _number(cell, "number-rows-spanned", 1)
            above[column] = (text, below - 1)
            texts += [text if below > 0 else ""] * min(_number(cell, "number-columns-repeated", 1), _MOST_COLUMNS)
        return texts

    def _pieces(self, element: Element) -> Iterator[str]:
        """What is read of it in one go. Text boxes and notes are kept for later."""
        yield element.text or ""
        for child in element:
            if child.tag in _LATER:
                self._after.append(child)
            elif child.tag not in _LEFT_OUT and not self._is_hidden(child):
                yield " " if child.tag in _AS_SPACE else ""
                yield from self._pieces(child)
            yield child.tail or ""

    def _is_hidden(self, element: Element) -> bool:
        if element.get("is-hidden") == "true":
            return True
        shown = (one.find("text-properties") for one in self._styles_of(element))
        return next((one.get("display") == "none" for one in shown if one is not None and one.get("display")), False)

    def _styles_of(self, element: Element) -> Iterator[Element]:
        """Its style, and what that is made from."""
        family = "text" if element.tag in ("span", "a") else "paragraph"
        name, seen = element.get("style-name", ""), set()
        while name and name not in seen and (family, name) in self._styles:
            seen.add(name)
            style = self._styles[family, name]
            yield style
            name = style.get("parent-style-name", "")


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == "table-row":
            yield child
        elif child.tag in _ROWS:
            yield from _rows(child)


def _number(element: Element, name: str, default: int) -> int:
    value = element.get(name, "")
    return int(value) if value.isdecimal() else default
