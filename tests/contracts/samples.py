"""One small document in every format that is read: a title, a sentence, a heading, two items."""

import csv
import io
import zipfile
from collections.abc import Callable
from html import escape
from itertools import repeat

from openpyxl import Workbook  # type: ignore[import-untyped]

from tests.ingest.office import docx, odt, paragraph, pptx, shape, slide, zipped
from tests.ingest.printed import code, in_vera, pdf, words

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADING = "Documents"
ITEMS = ("- the letter", "- a passport")


def _markdown(title: str, sentence: str) -> bytes:
    return f"# {title}\n\n{sentence}\n\n## {HEADING}\n\n- the letter\n- a <b>pass</b>port\n".encode()


def _html(title: str, sentence: str) -> bytes:
    items = "<ul><li>the letter<li>a <b>pass</b>port</ul>"
    return f"<h1>{title}</h1><p>{escape(sentence)}</p><h2>{HEADING}</h2>{items}".encode()


def _text(title: str, sentence: str) -> bytes:
    return f"{title}\n=========\n\n{sentence}\n\n{HEADING}\n---------\n\n- the letter\n- a passport\n".encode()


def _word(title: str, sentence: str) -> bytes:
    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>'
    items = paragraph("the letter", "", item) + paragraph("a passport", "", item)
    return docx(
        paragraph(title, "Heading1") + paragraph(escape(sentence)) + paragraph(HEADING, "Heading2") + items,
    )


def _slides(title: str, sentence: str) -> bytes:
    opening = shape(title, "ctrTitle") + shape(escape(sentence), "subTitle")
    return pptx(slide(opening), slide(shape(HEADING, "title") + shape(["the letter", "a passport"], "body")))


def _open_document(title: str, sentence: str) -> bytes:
    items = "".join(
        f"<text:list-item><text:p>{text}</text:p></text:list-item>" for text in ("the letter", "a passport")
    )
    heading = '<text:h text:outline-level="{}">{}</text:h>'
    return odt(
        f"{heading.format(1, title)}<text:p>{escape(sentence)}</text:p>"
        f"{heading.format(2, HEADING)}<text:list>{items}</text:list>"
    )


def _printed(title: str, sentence: str) -> bytes:
    items = [words(text, 72, 650 - 15 * number) for number, text in enumerate(ITEMS)]
    return pdf([words(title, 72, 760, 18), in_vera(sentence, 72, 720), words(HEADING, 72, 680, 14), *items])


def _mail(title: str, sentence: str) -> bytes:
    items = "<ul><li>the letter<li>a <b>pass</b>port</ul>"
    body = f"<p>{escape(sentence)}</p><h2>{HEADING}</h2>{items}"
    return f"Subject: {title}\nContent-Type: text/html; charset=utf-8\n\n{body}".encode()


def _workbook(title: str, sentence: str) -> bytes:
    book = Workbook()
    book.properties.title = book.active.title = title
    book.active.append([sentence])
    items = book.create_sheet(HEADING)
    for item in ITEMS:
        items.append([item])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _table(_title: str, sentence: str) -> bytes:
    made = io.StringIO()
    csv.writer(made).writerows([[sentence], *zip(ITEMS, strict=True)])
    return made.getvalue().encode()


SAMPLES: dict[str, Callable[[str, str], bytes]] = {
    "a.md": _markdown,
    "a.html": _html,
    "a.txt": _text,
    "a.docx": _word,
    "a.pptx": _slides,
    "a.odt": _open_document,
    "a.pdf": _printed,
    "a.eml": _mail,
    "a.xlsx": _workbook,
    "jury-duty.csv": _table,
    "jury-duty.tsv": _table,
}
ALIASES = {".markdown": "a.md", ".htm": "a.html", ".text": "a.txt"}
TABLES = {"jury-duty.csv", "jury-duty.tsv"}  # which have neither a title nor headings


def _deep(opening: str, closing: str) -> str:
    return "".join(repeat(opening, 20_000)) + "{}" + "".join(repeat(closing, 20_000))


def _nested_workbook() -> bytes:
    with zipfile.ZipFile(io.BytesIO(_workbook("T", "deep"))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    cell = _deep("<is>", "</is>").format("<t>deep</t>")
    rows = f'<sheetData><row><c t="inlineStr">{cell}</c><c t="str"><v>deep</v></c></row></sheetData>'
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{_SHEET}">{rows}</worksheet>'.encode()
    return zipped(parts)


NESTED = {
    "a.md": b"> " * 3000 + b"deep\n\n" + b"- " * 3000 + b"deep\n\n" + b"[" * 3000 + b"\n\n" + b"*a " * 3000,
    "a.html": b"<div>" * 20_000 + b"deep" + b"</div>" * 20_000,
    "a.txt": b"(" * 20_000 + b"deep" + b"- " * 20_000,
    "a.docx": docx(_deep("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>").format(paragraph("deep"))),
    "a.pptx": pptx(slide(_deep("<p:grpSp>", "</p:grpSp>").format(shape("deep")))),
    "a.odt": odt(_deep("<text:section>", "</text:section>").format("<text:p>deep</text:p>")),
    "a.pdf": pdf([code("q " * 20_000), code("[" * 20_000), words("deep", 72, 700)]),
    "a.eml": b"Subject: T\nContent-Type: message/rfc822\n\n" * 20_000 + b"deep",
    "a.xlsx": _nested_workbook(),
    "jury-duty.csv": b'"' * 20_001 + b"deep," * 20_000,
    "jury-duty.tsv": b'"' * 20_001 + b"deep\t" * 20_000,
}
