"""Reading DOCX: the text as it stands when all changes are accepted, without what is hidden."""

import re
from collections.abc import Iterator, Sequence

from ingest.archive import Element
from ingest.margins import with_margins
from ingest.numbering import Numbering
from ingest.ooxml import Package
from ingest.outline import Outline
from ingest.rows import add_rows
from retrieval.document import Document
from retrieval.plain import folded

_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice"})
# What is no text, what was deleted, and the second form of what stands there twice.
_LEFT_OUT = frozenset({"pPr", "rPr", "tcPr", "trPr", "sdtPr", "del", "moveFrom", "Fallback", "rt"})
_AS_SPACE = frozenset({"p", "tab", "br", "cr", "ptab"})
_NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
_HEADING = re.compile(r"heading ?([1-9])")
_CONTENTS = re.compile(r"toc ?\d")
_PAGE_NUMBER = re.compile(r"^\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_LONGEST_HEADING = 200  # what is longer was only made to look like one
_MOST_COLUMNS = 63  # Word's own limit


def read_docx(data: bytes) -> Document:
    """Headings, paragraphs, items, rows, text boxes and notes in their order, then headers and footers once."""
    package = Package(data, "document")
    return _Walk(package, Outline(package.title, package.facts)).document()


class _Styles:
    """Which style is based on which."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {one.get("styleId"): one for one in root.iter("style")} if root is not None else {}

    def of(self, paragraph: Element) -> Iterator[tuple[str, Element]]:
        """The paragraph itself without a name, then its style and what that is based on, by name."""
        yield "", paragraph
        yield from self.above(_value(paragraph, "pPr/pStyle"))

    def above(self, style_id: str) -> Iterator[tuple[str, Element]]:
        """The style and what it is based on, by name. A style that is not there has its id for a name."""
        seen = set()
        while style_id and style_id not in seen:
            seen.add(style_id)
            style = self._styles.get(style_id)
            if style is None:
                yield style_id.lower(), None
                return
            yield _value(style, "name").lower(), style
            style_id = _value(style, "basedOn")

    def hides(self, style_id: str) -> bool:
        """Whether text of this style is hidden."""
        return any(style is not None and _is_on(style.find("rPr/vanish")) for _, style in self.above(style_id))


class _Walk:
    """Goes through the parts of one document."""

    def __init__(self, package: Package, outline: Outline) -> None:
        self._package = package
        self._outline = outline
        main = package.main
        styles, numbering = package.first(main, "styles"), package.first(main, "numbering")
        self._styles = _Styles(styles.root if styles else None)
        self._numbering = Numbering(numbering.root if numbering else None)
        self._notes: dict[tuple[str, str], Element] = {}
        for kind in _NOTES.values():
            notes = package.first(main, f"{kind}s")
            for note in notes.root.iter(kind) if notes else ():
                self._notes[kind, note.get("id", "")] = note
        self._carried = ""  # of a paragraph whose end was deleted
        self._after: list[Element] = []  # text boxes and notes, which stand after the block that they belong to

    def document(self) -> Document:
        """Everything."""
        for body in self._package.main.root.iter("body"):
            self._blocks(body)
        document = self._outline.document()
        names = (name for kind in ("header", "footer") for name in self._package.main.related(kind))
        return with_margins(document, (self._margin(name, document.title) for name in names))

    def _margin(self, name: str, title: str) -> Document:
        self._outline = Outline(title)
        self._blocks(self._package.part(name).root)
        return self._outline.document()

    def _blocks(self, container: Element) -> None:
        for child in container:
            if child.tag == "p":
                self._paragraph(child)
            elif child.tag == "tbl":
                self._table(child)
            elif child.tag in _WRAPPERS:
                self._blocks(child)

    def _paragraph(self, paragraph: Element) -> None:
        text = self._carried + ("" if self._is_hidden(paragraph) else self._text(paragraph))
        self._carried = ""
        if paragraph.find("pPr/rPr/del") is not None:
            self._carried = text
            return
        self._add(paragraph, folded(text))
        self._add_after()

    def _add(self, paragraph: Element, text: str) -> None:
        styles = list(self._styles.of(paragraph))
        if not text or any(_CONTENTS.match(name) for name, _ in styles):
            return
        level = _level(styles)
        list_id, depth = _list(styles)
        if level is not None and len(text) <= _LONGEST_HEADING:
            self._outline.title = self._outline.title or (text if level == 0 else "")
            self._outline.heading(level, text)
        elif list_id:
            self._outline.block(self._numbering.marker(list_id, depth) + text, joined=True)
        else:
            self._outline.block(text)

    def _add_after(self) -> None:
        after, self._after = self._after, []
        for container in after:
            self._blocks(container)

    def _table(self, table: Element) -> None:
        rows = [(row, list(_inside(row, "tc"))) for row in _inside(table, "tr") if not _is_gone(row)]
        if all(len(cells) == 1 for _, cells in rows):  # a box around text
            for _, (cell,) in rows:
                self._blocks(cell)
            return
        above: dict[int, str] = {}
        add_rows(self._outline, [self._row(row, cells, above) for row, cells in rows])
        self._add_after()

    def _row(self, row: Element, cells: Sequence[Element], above: dict[int, str]) -> list[str]:
        """The texts by column. A cell merged with the one above says the same; empty columns follow a wide one."""
        texts = [""] * _number(row, "trPr/gridBefore")
        for cell in cells:
            text = above.get(len(texts), "") if _continues(cell) else folded(self._text(cell))
            above[len(texts)] = text
            texts += [text] + [""] * (_number(cell, "tcPr/gridSpan") - 1)
        return texts

    def _text(self, container: Element) -> str:
        """What is read of it in one go. Text boxes and notes are kept for later."""
        pieces = []
        in_page_number = False
        for element in self._kept(container):
            if element.tag == "instrText":
                in_page_number = in_page_number or bool(_PAGE_NUMBER.match(element.text or ""))
            elif element.tag == "fldChar":
                in_page_number = in_page_number and element.get("fldCharType") != "end"
            elif element.tag == "txbxContent":
                self._after.append(element)
            elif element.tag in _NOTES:
                note = self._notes.pop((_NOTES[element.tag], element.get("id", "")), None)
                self._after += [note] if note is not None else []
            elif not in_page_number:
                pieces.append(_string(element))
        return "".join(pieces)

    def _kept(self, container: Element) -> Iterator[Element]:
        """All below it that is neither deleted nor hidden, in its order."""
        for child in container:
            if child.tag not in _LEFT_OUT and not self._is_hidden(child):
                yield child
                if child.tag != "txbxContent":
                    yield from self._kept(child)

    def _is_hidden(self, element: Element) -> bool:
        match element.tag:
            case "r":
                return self._hides(element, "rPr/rStyle")
            case "p":
                return self._hides(element, "pPr/pStyle")
            case "tr":
                return _is_gone(element)
            case "tc":
                return _continues(element)
            case "fldSimple":
                return bool(_PAGE_NUMBER.match(element.get("instr", "")))
        return False

    def _hides(self, element: Element, style: str) -> bool:
        direct = element.find("rPr/vanish")
        return self._styles.hides(_value(element, style)) if direct is None else _is_on(direct)


def _level(styles: Sequence[tuple[str, Element]]) -> int | None:
    """The level of a heading, 0 of the title; nothing of other paragraphs."""
    for name, style in styles:
        stated = _value(style, "pPr/outlineLvl")
        heading = _HEADING.fullmatch(name)
        if stated.isdecimal():
            return int(stated) + 1 if int(stated) < 9 else None
        if heading or name == "title":
            return int(heading.group(1)) if heading else 0
    return None


def _list(styles: Sequence[tuple[str, Element]]) -> tuple[str, int]:
    """The list that a paragraph is an item of, and how deep; the first that says so decides."""
    depth = next(filter(None, (_value(style, "pPr/numPr/ilvl") for _, style in styles)), "")
    found = next(filter(None, (_value(style, "pPr/numPr/numId") for _, style in styles)), "0")
    return ("" if found == "0" else found), int(depth) if depth.isdecimal() else 0


def _inside(container: Element, tag: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also those that something is wrapped around."""
    for child in container:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, tag)


def _is_gone(row: Element) -> bool:
    return row.find("trPr/del") is not None or _is_on(row.find("trPr/hidden"))


def _continues(cell: Element) -> bool:
    """Whether it is the hidden part of a cell that is merged with the one above."""
    merged = cell.find("tcPr/vMerge")
    return merged is not None and merged.get("val") != "restart"


def _string(element: Element) -> str:
    if element.tag == "t":
        return element.text or ""
    if element.tag in _AS_SPACE:
        return " "
    return "-" if element.tag == "noBreakHyphen" else ""


def _value(element: Element, path: str) -> str:
    found = element.find(path) if element is not None else None
    return (found.get("val") or "") if found is not None else ""


def _number(element: Element, path: str) -> int:
    value = _value(element, path)
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() else 0


def _is_on(switch: Element | None) -> bool:
    return switch is not None and switch.get("val", "1") not in ("0", "false", "off")
