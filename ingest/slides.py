"""Reading PPTX: each slide that is shown is a section, its texts in the order in which one reads them."""

from collections.abc import Iterator
from itertools import chain
from math import inf

from ingest.archive import Element
from ingest.ooxml import Package, Part
from ingest.outline import Outline
from ingest.rows import add_rows
from retrieval.document import Document
from retrieval.plain import folded

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum"})
_WITH_BULLETS = frozenset({"body", "obj"})
_WRAPPERS = frozenset({"AlternateContent", "Choice"})
_PLACES = ("spPr/xfrm/off", "grpSpPr/xfrm/off", "xfrm/off")
_LINE = 228_600  # shapes whose tops are as near as this, a quarter of an inch, stand beside each other


def read_pptx(data: bytes) -> Document:
    """Titles, text frames, groups, tables, diagrams and speaker notes."""
    package = Package(data, "presentation")
    references = package.main.references
    names = [references[one.get("r.id")][1] for one in package.main.root.iter("sldId") if one.get("r.id") in references]
    slides = [(number, package.part(name)) for number, name in enumerate(names, 1)]
    shown = [(number, slide) for number, slide in slides if slide.root.get("show") not in ("0", "false")]
    outline = Outline(package.title or next((_title(slide) for _, slide in shown), ""), package.facts)
    for number, slide in shown:
        outline.heading(2, _title(slide) or f"Slide {number}", anchor=f"#slide={number}")
        _Slide(package, slide, outline).add()
        if outline.is_bare and _title(slide) != outline.title:
            outline.block(_title(slide))
    return outline.document()


class _Slide:
    """One slide, and the layouts that it takes places from."""

    def __init__(self, package: Package, slide: Part, outline: Outline) -> None:
        self._package = package
        self._slide = slide
        self._outline = outline
        layout = package.first(slide, "slideLayout")
        master = package.first(layout, "slideMaster") if layout else None
        self._below = [part for part in (layout, master) if part]

    def add(self) -> None:
        """Add everything but the title."""
        for tree in self._slide.root.iterfind("cSld/spTree"):
            self._add_shapes(tree)
        for name in self._slide.related("notesSlide"):
            bodies = (shape for shape in self._package.part(name).root.iter("sp") if _placeholder(shape)[0] == "body")
            self._outline.block("\n".join(filter(None, (_text(one) for body in bodies for one in body.iter("p")))))

    def _add_shapes(self, tree: Element) -> None:
        for shape in sorted(_shapes(tree), key=self._order):
            kind, _ = _placeholder(shape)
            is_hidden = any(one.get("hidden") in ("1", "true") for one in shape.iterfind("*/cNvPr"))
            if is_hidden or kind in _TITLES or kind in _FURNITURE:
                continue
            if shape.tag == "sp":
                self._add_paragraphs(shape.findall("txBody/p"), has_bullets=kind in _WITH_BULLETS)
            elif shape.tag == "grpSp":
                self._add_shapes(shape)
            else:
                self._add_frame(shape)

    def _add_paragraphs(self, paragraphs: list[Element], *, has_bullets: bool) -> None:
        """Several paragraphs where bullets are usual are items; one alone is a sentence."""
        filled = [paragraph for paragraph in paragraphs if _text(paragraph)]
        number = 0
        for paragraph in filled:
            style = paragraph.find("pPr")
            signs = {one.tag for one in style} if style is not None else set()
            number = number + 1 if "buAutoNum" in signs else 0
            is_item = "buChar" in signs or "buBlip" in signs or (has_bullets and len(filled) > 1)
            if number:
                self._outline.block(f"{number}. {_text(paragraph)}", joined=True)
            elif is_item and "buNone" not in signs:
                self._outline.block(f"- {_text(paragraph)}", joined=True)
            else:
                self._outline.block(_text(paragraph))

    def _add_frame(self, frame: Element) -> None:
        """A table, or a diagram whose texts are in a part of their own."""
        for table in frame.iter("tbl"):
            above: dict[int, str] = {}
            add_rows(self._outline, [_row(row, above) for row in table.iterfind("tr")])
        for diagram in frame.iter("relIds"):
            _, name = self._slide.references.get(diagram.get("r.dm"), ("", ""))
            if name:
                self._add_paragraphs(list(self._package.part(name).root.iter("p")), has_bullets=True)

    def _order(self, shape: Element) -> tuple[float, float]:
        """From top to bottom, beside each other from left to right; what has no place comes last."""
        left, top = _place(shape) or self._place_below(shape) or (inf, inf)
        return top // _LINE if top < inf else inf, left

    def _place_below(self, shape: Element) -> tuple[float, float] | None:
        """The place of what has the same number in the layouts, else of what is of the same kind."""
        kind, index = _placeholder(shape)
        below = [(_placeholder(other), _place(other)) for part in self._below for other in part.root.iter("sp")]
        same_index = (place for (_, other), place in below if place and index and index == other)
        same_kind = (place for (other, _), place in below if place and kind and kind == other)
        return next(chain(same_index, same_kind), None)


def _shapes(tree: Element) -> Iterator[Element]:
    for child in tree:
        if child.tag in ("sp", "grpSp", "graphicFrame"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _shapes(child)


def _placeholder(shape: Element) -> tuple[str, str]:
    """What kind of thing the shape stands in for, and its number in the layout; two times nothing if for none."""
    found = shape.find("*/nvPr/ph")
    return ("", "") if found is None else (found.get("type", "obj"), found.get("idx", ""))


def _place(shape: Element) -> tuple[float, float] | None:
    for path in _PLACES:
        found = shape.find(path)
        if found is not None:
            return float(found.get("x", "0")), float(found.get("y", "0"))
    return None


def _title(slide: Part) -> str:
    titles = (shape for shape in slide.root.iter("sp") if _placeholder(shape)[0] in _TITLES)
    return next(filter(None, map(_text, titles)), "")


def _row(row: Element, above: dict[int, str]) -> list[str]:
    """The texts by column. A cell that was merged with the one above says the same."""
    texts = []
    for column, cell in enumerate(row.iterfind("tc")):
        text = above.get(column, "") if cell.get("vMerge") in ("1", "true") else _text(cell)
        above[column] = text
        texts.append(text)
    return texts


def _text(container: Element) -> str:
    pieces = (one.text or "" if one.tag == "t" else " " for one in container.iter("t", "br", "p"))
    return folded("".join(pieces))
