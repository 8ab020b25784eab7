"""One page of a PDF as PDFium draws it: pieces of text and ruled lines, each with its place on the page."""

import ctypes
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_THIN = 3.0  # points: how thick a ruled line is at most, and how far two that touch are apart
_BOLD = 600  # of a font's weight, where 400 is regular
_BOLD_NAMES = ("bold", "black", "heavy", "semibd", "demi")
_FORCED_BOLD = 1 << 18  # of a font's flags
_MOST_RULES = 4000  # a page with more is a drawing
_DOT = 8.0  # points: how large a bullet that is drawn is at most
_MOST_DOTS = 200  # on a page with more they are no bullets
_MOST_CHARACTERS = 200_000  # on a page; the rest of it is left out
_APART = 1.0  # widths of an em from which on two words are two pieces
_ASKEW = 0.1  # radians: text that leans more stands outside of the lines
_HYPHENS = {"\x02": "-", "\ufffe": "-", "\xad": "-", "\u2010": "-", "\u2011": "-"}
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_BULLETS = dict.fromkeys("\uf0b7\uf0a7\uf0a8\uf06c\uf06e\uf075\uf076\uf0d8\uf0fc", "•")  # as symbol fonts have them
_SPELT = str.maketrans({**_HYPHENS, **_LIGATURES, **_BULLETS, "\0": "", "\ufffd": ""})


@dataclass(slots=True)
class Piece:
    """Words that stand together on one line. Points, from the page's lower left corner; `base` is the baseline."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Rule:
    """A line, drawn on the page, that goes across or down."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def across(self) -> bool:
        """Whether it goes from left to right."""
        return self.right - self.left > self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page. `pictured` says that there is a picture on it."""

    number: int
    height: float
    pieces: tuple[Piece, ...]
    rules: tuple[Rule, ...]
    pictured: bool


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    bold: bool
    upright: bool


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """Everything on the page that layout needs, turned as a person sees it."""
    turned = _Turned(page)
    paths = list(page.get_objects([pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=2))[:_MOST_RULES]
    rules = tuple(_joined(turned.rule(*edge) for path in paths for edge in _edges(path)))
    pictured = any(page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4))
    pieces = list(_Reading(page, turned, [rule for rule in rules if not rule.across]).pieces())
    pieces += list(_bullets((turned.rule(*path.get_bounds()) for path in paths), pieces))
    return Page(number, turned.height, tuple(pieces), rules, pictured)


def _bullets(drawn: Iterable[Rule], pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Dots before words, which browsers draw instead of writing them."""
    dots = [dot for dot in drawn if 1.5 < dot.right - dot.left < _DOT and 1.5 < dot.top - dot.bottom < _DOT]
    for dot in dots[:_MOST_DOTS]:
        middle = (dot.bottom + dot.top) / 2
        for piece in pieces:
            before = 0 < piece.left - dot.right < 2 * piece.size
            if before and piece.base < middle < piece.base + piece.size * 2 / 3:
                yield Piece("•", dot.left, dot.right, piece.base, piece.size, piece.bold)
                break


class _Turned:
    """Places on a page that may be shown turned by a quarter or more."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        left, bottom, right, top = page.get_cropbox()
        self._quarters = page.get_rotation() // 90
        self._left, self._bottom, self._width, self._tall = left, bottom, right - left, top - bottom
        self.height = self._width if self._quarters % 2 else self._tall

    def place(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self._left, y - self._bottom
        return (
            (x, y),
            (y, self._width - x),
            (self._width - x, self._tall - y),
            (self._tall - y, x),
        )[self._quarters]

    def rule(self, left: float, bottom: float, right: float, top: float) -> Rule:
        (x0, y0), (x1, y1) = self.place(left, bottom), self.place(right, top)
        return Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def leans(self, angle: float) -> bool:
        return abs(math.remainder(angle - self._quarters * math.pi / 2, math.tau)) > _ASKEW


class _Reading:
    """Puts the characters of a page together to pieces, in the order in which they are drawn."""

    def __init__(self, page: pdfium.PdfPage, turned: _Turned, uprights: list[Rule]) -> None:
        self._text = page.get_textpage()
        self._turned = turned
        self._uprights = uprights
        self._styles: dict[int, _Style] = {}
        self._box = pdfium_c.FS_RECTF()
        self._matrix = pdfium_c.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def pieces(self) -> Iterator[Piece]:
        current: Piece | None = None
        space = False
        for index in range(min(self._text.count_chars(), _MOST_CHARACTERS)):
            character = chr(pdfium_c.FPDFText_GetUnicode(self._text, index)).translate(_SPELT)
            if character.isspace():
                space = True
                continue
            style = self._style(index)
            # What leans stands beside the lines: it is put below the page, in the order of drawing.
            left, right, base = self._place(index) if style.upright else (0.0, 0.0, -10.0 * style.size)
            if current and self._belongs(current, left, base, style):
                gap = space or left - current.right > style.size / 4
                current.text += " " + character if gap and character else character
                current.right = max(current.right, right)
                current.bold &= style.bold
                space = space and not character
            elif character:
                if current:
                    yield current
                current, space = Piece(character, left, right, base, style.size, style.bold), False
        if current:
            yield current

    def _belongs(self, piece: Piece, left: float, base: float, style: _Style) -> bool:
        gap = left - piece.right
        near = -style.size < gap < _APART * max(style.size, piece.size)
        if not near or abs(base - piece.base) > max(style.size, piece.size) / 2:
            return False
        return gap < 1 or not any(
            piece.right - 1 < rule.left < left + 1 and rule.bottom <= base <= rule.top for rule in self._uprights
        )

    def _place(self, index: int) -> tuple[float, float, float]:
        pdfium_c.FPDFText_GetLooseCharBox(self._text, index, self._box)
        pdfium_c.FPDFText_GetCharOrigin(self._text, index, self._x, self._y)
        lower = self._turned.place(self._box.left, self._box.bottom)
        upper = self._turned.place(self._box.right, self._box.top)
        base = self._turned.place(self._x.value, self._y.value)[1]
        return min(lower[0], upper[0]), max(lower[0], upper[0]), base

    def _style(self, index: int) -> _Style:
        drawn = pdfium_c.FPDFText_GetTextObject(self._text, index)
        key = ctypes.addressof(drawn.contents) if drawn else 0
        if key not in self._styles:
            self._styles[key] = self._looked_up(index, drawn)
        return self._styles[key]

    def _looked_up(self, index: int, drawn: "pdfium_c.FPDF_PAGEOBJECT") -> _Style:
        size = pdfium_c.FPDFText_GetFontSize(self._text, index)
        matrix = self._matrix
        upright = True
        if pdfium_c.FPDFText_GetMatrix(self._text, index, matrix):
            size *= math.hypot(matrix.c, matrix.d)
            upright = not self._turned.leans(math.atan2(matrix.b, matrix.a))
        font = pdfium_c.FPDFTextObj_GetFont(drawn) if drawn else None
        return _Style(abs(size) or 1.0, bool(font) and _is_bold(font), upright)


def _is_bold(font: "pdfium_c.FPDF_FONT") -> bool:
    name = ctypes.create_string_buffer(200)
    pdfium_c.FPDFFont_GetBaseFontName(font, name, len(name))
    named = name.value.decode("latin-1").lower()
    weight, flags = pdfium_c.FPDFFont_GetWeight(font), pdfium_c.FPDFFont_GetFlags(font)
    return any(word in named for word in _BOLD_NAMES) or weight >= _BOLD or (flags > 0 and bool(flags & _FORCED_BOLD))


def _edges(path: pdfium.PdfObject) -> Iterator[tuple[float, float, float, float]]:
    """The straight edges of what was drawn; a thin box is one edge."""
    left, bottom, right, top = path.get_bounds()
    if min(right - left, top - bottom) <= _THIN:
        yield left, bottom, right, top
        return
    matrix = path.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    first = previous = (0.0, 0.0)
    for index in range(min(pdfium_c.FPDFPath_CountSegments(path), _MOST_RULES)):
        segment = pdfium_c.FPDFPath_GetPathSegment(path, index)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO:
            yield from _straight(previous, point)
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            yield from _straight(point, first)
        previous = point


def _straight(start: tuple[float, float], end: tuple[float, float]) -> Iterator[tuple[float, float, float, float]]:
    (x0, y0), (x1, y1) = start, end
    if (abs(x0 - x1) <= 1) != (abs(y0 - y1) <= 1):
        yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _joined(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Lines that continue each other, as the borders of neighbouring cells do, are one."""
    found = list(rules)
    if len(found) > _MOST_RULES:
        return
    yield from _joined_across([rule for rule in found if rule.across])
    for rule in _joined_across([_flipped(rule) for rule in found if not rule.across]):
        yield _flipped(rule)


def _joined_across(rules: list[Rule]) -> list[Rule]:
    open_: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.left):
        for index, other in enumerate(open_):
            if abs(other.bottom - rule.bottom) <= _THIN and rule.left <= other.right + _THIN:
                open_[index] = Rule(other.left, other.bottom, max(other.right, rule.right), other.top)
                break
        else:
            open_.append(rule)
    return open_


def _flipped(rule: Rule) -> Rule:
    return Rule(rule.bottom, rule.left, rule.top, rule.right)
