"""PDF files as printing makes them: words at places, lines, pictures."""

import io
from collections.abc import Callable, Iterable
from pathlib import Path

import reportlab
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595, 842
_VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"  # has characters that Helvetica lacks

Mark = Callable[[Canvas], None]


def words(text: str, left: float, base: float, size: float = 10, *, bold: bool = False) -> Mark:
    """Words that begin at a place, in points from the lower left corner."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        canvas.drawString(left, base, text)

    return draw


def lines(*texts: str, left: float = 72, base: float = 700, size: float = 10, leading: float = 12) -> list[Mark]:
    """Lines below each other."""
    return [words(text, left, base - number * leading, size) for number, text in enumerate(texts)]


def in_vera(text: str, left: float, base: float) -> Mark:
    """Words in a font that is part of the file."""

    def draw(canvas: Canvas) -> None:
        pdfmetrics.registerFont(TTFont("Vera", str(_VERA)))
        canvas.setFont("Vera", 10)
        canvas.drawString(left, base, text)

    return draw


def grid(xs: list[float], ys: list[float]) -> Mark:
    """The rules of a table."""
    return lambda canvas: canvas.grid(xs, ys)


def code(text: str) -> Mark:
    """Drawing operators as they stand."""
    return lambda canvas: canvas._code.append(text)


def picture(canvas: Canvas) -> None:
    """A grey picture all over the page, as a scanner makes it."""
    canvas.drawImage(ImageReader(Image.new("RGB", (20, 20), "grey")), 0, 0, WIDTH, HEIGHT)


def pdf(*pages: Iterable[Mark], title: str = "", encrypt: object = None, rotation: int = 0) -> bytes:
    """A file of these pages, A4."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(WIDTH, HEIGHT), invariant=1, encrypt=encrypt)
    canvas.setTitle(title)
    for page in pages:
        canvas.setPageRotation(rotation)
        for mark in page:
            mark(canvas)
        canvas.showPage()
    canvas.save()
    return made.getvalue()
