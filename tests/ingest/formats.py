"""One invented document about working hours and leave, written in every format that is read.

`python -m tests.ingest.formats FOLDER` writes the files.
"""

import html
import io
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document as WordDocument
from docx.document import Document as WordFile
from odf import table as odf_table
from odf import text as odf_text
from odf.element import Element
from odf.opendocument import OpenDocumentText
from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.util import Inches
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import StyleSheet1, getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, ListFlowable, PageBreak, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as PdfParagraph
from reportlab.platypus import Table as PdfTable

TITLE = "Working hours and leave"
RUNNING_HEAD = "Staff handbook, third edition"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title, of level 2 or 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list with bullets."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row is its header."""

    rows: tuple[tuple[str, ...], ...]


Part = Heading | Paragraph | Items | Table

PARTS: tuple[Part, ...] = (
    Paragraph(
        "This page explains when we work, when we rest, and how absences are agreed. "
        "It was written by Zoë Jürgens and is kept by the people team. "
        "It holds for all sites in Europe. "
        "Whoever finds a mistake writes to the people team, which answers within three days."
    ),
    Heading(2, "Working hours"),
    Paragraph(
        "A full week has thirty-eight hours and forty minutes. "
        "Nobody is expected to read messages after seven in the evening. "
        "The core time lasts from ten until three, with a break of forty-five minutes. "
        "Shifts in the warehouse are published four weeks ahead."
    ),
    Heading(3, "Recording time"),
    Paragraph(
        "Hours are recorded in the time sheet by the last Friday of each month. "
        "A supervisor confirms the sheet with one click. "
        "Corrections are possible for sixty days after the month has ended. "
        "Travel between two sites counts as working time, whereas the way from home does not."
    ),
    Heading(3, "Overtime"),
    Paragraph(
        "Overtime needs the consent of the team lead beforehand. "
        "It is compensated with time off, at a rate of one hour and fifteen minutes for each hour. "
        "What was not taken by the end of June is paid out with the salary of August. "
        "Apprentices and pregnant colleagues do no overtime at all."
    ),
    Items(
        (
            "Fill in the form called Mehrarbeit before the work begins.",
            "Name the project and the expected number of hours.",
            "Keep the confirmation until the following quarter has passed.",
        )
    ),
    Heading(2, "Annual leave"),
    Paragraph(
        "Everyone has at least twenty-eight days of annual leave. "
        "The entitlement grows by one day after every fourth year of service. "
        "Half days can be taken on any afternoon but not before noon. "
        "Leave that was refused twice must be granted at the third request."
    ),
    Table(
        (
            ("Country", "Days", "Carried over until"),
            ("Österreich", "29", "31 March"),
            ("Portugal", "28", "30 April"),
            ("España", "30", "30 June"),
            ("Ísland", "31", "15 May"),
        )
    ),
    Heading(3, "Long service"),
    Paragraph(
        "After ten years a colleague may take a sabbatical of up to five months. "
        "The salary is saved beforehand on a separate account. "
        "Health insurance continues during the sabbatical without any interruption. "
        "A request is sent to Señora Ibáñez at least nine months ahead. "
        "Whoever returns has a right to the same position, or to one that is equal in duties and pay. "
        "During the months away, the access card is handed in at the reception and the laptop stays in the office. "
        "The company car may be kept where the tax on it is paid by the driver. "
        "Messages that arrive in the meantime are answered by a deputy, whose name stands in the notice of absence. "
        "A sabbatical can be broken off for serious reasons, such as an illness in the family. "
        "In that case the people team looks for a place in the former team within six weeks. "
        "Savings that remain on the account are paid out in one sum, and the tax office treats them like a bonus. "
        "Colleagues who leave the company before their sabbatical begins receive everything they have saved. "
        "Interest on the savings is credited every December, and a statement is sent by post in January. "
        "The works council may inspect the list of sabbaticals at any time, though not the reasons that were given. "
        "A second sabbatical is possible seven years after the first one has ended. "
        "Two colleagues of one team do not go at the same time unless their lead agrees in writing. "
        "The time away counts in full for the pension, and as one half for the entitlement to annual leave. "
        "Questions about this section are answered on Tuesdays in the Café Größe on the ground floor."
    ),
    Heading(2, "Illness"),
    Paragraph(
        "Whoever falls ill calls the team lead before nine in the morning. "
        "A doctor's note is due on the fourth day of an absence. "
        "The note is uploaded to the portal and never sent by ordinary mail. "
        "After six weeks the sickness fund pays, and the company adds the difference for another ten weeks."
    ),
    Heading(3, "Returning step by step"),
    Paragraph(
        "The return begins with four hours on three days. "
        "The company doctor, Dr Müller-Lüdenscheidt, proposes the plan. "
        "It may be changed every second week. "
        "Nobody has to give a diagnosis to a supervisor."
    ),
    Items(
        (
            "Bring the plan of the doctor to the first meeting.",
            "Agree on the tasks that can wait until the end.",
            "Say early when the hours become too many.",
            "Ask the works council for company if you wish.",
        )
    ),
    Heading(2, "Special occasions"),
    Paragraph(
        "Paid days off are granted for the occasions below. "
        "They are taken within a fortnight of the occasion. "
        "A copy of the certificate is enough as evidence. "
        "Part-time staff receive the same number of days."
    ),
    Table(
        (
            ("Occasion", "Paid days", "Evidence"),
            ("Wedding", "two", "certificate of marriage"),
            ("Moving house", "one", "new registration"),
            ("Birth of a child", "ten", "certificate of birth"),
        )
    ),
    Paragraph(
        "Other occasions are decided by the head of the people team. "
        "The decision is given in writing within five working days. "
        "An objection goes to the arbitration panel, which meets on the first Monday of a month."
    ),
)


def sentences() -> list[str]:
    """Every sentence of the paragraphs and lists."""
    texts = [part.text for part in PARTS if isinstance(part, Paragraph)]
    texts += [text for part in PARTS if isinstance(part, Items) for text in part.texts]
    return [sentence for text in texts for sentence in re.split(r"(?<=\.) ", text)]


def headings() -> list[str]:
    """Every heading below the title, in order."""
    return [part.text for part in PARTS if isinstance(part, Heading)]


def tables() -> list[Table]:
    """The tables, in order."""
    return [part for part in PARTS if isinstance(part, Table)]


def markdown() -> bytes:
    """CommonMark with tables."""
    return "\n\n".join([f"# {TITLE}", *map(_markdown, PARTS)]).encode()


def _markdown(part: Part) -> str:
    match part:
        case Heading(level, text):
            return "#" * level + " " + text
        case Paragraph(text):
            return text
        case Items(texts):
            return "\n".join(f"- {text}" for text in texts)
        case Table(rows):
            lines = [" | ".join(row) for row in rows]
            return "\n".join([lines[0], "|".join(["---"] * len(rows[0])), *lines[1:]])


def hypertext() -> bytes:
    """HTML."""
    body = "\n".join(map(_hypertext, PARTS))
    return f'<meta charset="utf-8"><title>{TITLE}</title><h1>{TITLE}</h1>{body}'.encode()


def _hypertext(part: Part) -> str:
    match part:
        case Heading(level, text):
            return f"<h{level}>{html.escape(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{html.escape(text)}</p>"
        case Items(texts):
            return "<ul>" + "".join(f"<li>{html.escape(text)}</li>" for text in texts) + "</ul>"
        case Table(rows):
            header = "".join(f"<th>{cell}</th>" for cell in rows[0])
            others = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:])
            return f"<table><tr>{header}</tr>{others}</table>"


def word() -> bytes:
    """DOCX with Word's own styles."""
    document = WordDocument()
    document.add_heading(TITLE, 1)
    for part in PARTS:
        _add_to_word(document, part)
    return _saved(document.save)


def _add_to_word(document: WordFile, part: Part) -> None:
    match part:
        case Heading(level, text):
            document.add_heading(text, level)
        case Paragraph(text):
            document.add_paragraph(text)
        case Items(texts):
            for text in texts:
                document.add_paragraph(text, style="List Bullet")
        case Table(rows):
            made = document.add_table(len(rows), len(rows[0]))
            for row, cells in zip(made.rows, rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text


def slides() -> bytes:
    """PPTX: a slide for each heading, whose text stands below it; a table has a slide of its own."""
    deck = Presentation()
    slide = _add_slide(deck, 0, TITLE)
    heading = TITLE
    for part in PARTS:
        if isinstance(part, Heading):
            heading = part.text
            slide = _add_slide(deck, 1, heading)
        elif isinstance(part, Table):
            _add_table_to_slide(_add_slide(deck, 5, heading), part.rows)
            slide = _add_slide(deck, 1, heading)
        else:
            for text in part.texts if isinstance(part, Items) else (part.text,):
                frame = slide.placeholders[1].text_frame
                (frame.add_paragraph() if frame.text else frame.paragraphs[0]).text = text
    return _saved(deck.save)


def _add_slide(deck: Deck, layout: int, title: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = title
    return slide


def _add_table_to_slide(slide: Any, rows: Sequence[Sequence[str]]) -> None:
    place = (Inches(1), Inches(2), Inches(8), Inches(3))
    made = slide.shapes.add_table(len(rows), len(rows[0]), *place).table
    for down, cells in enumerate(rows):
        for across, text in enumerate(cells):
            made.cell(down, across).text = text


def open_document() -> bytes:
    """ODT."""
    document = OpenDocumentText()
    document.text.addElement(odf_text.H(outlinelevel=1, text=TITLE))
    for part in PARTS:
        document.text.addElement(_open_document(part))
    return _saved(document.write)


def _open_document(part: Part) -> Element:
    match part:
        case Heading(level, text):
            return odf_text.H(outlinelevel=level, text=text)
        case Paragraph(text):
            return odf_text.P(text=text)
        case Items(texts):
            made = odf_text.List()
            for text in texts:
                item = odf_text.ListItem()
                item.addElement(odf_text.P(text=text))
                made.addElement(item)
            return made
        case Table(rows):
            return _open_document_table(rows)


def _open_document_table(rows: Sequence[Sequence[str]]) -> Element:
    made = odf_table.Table(name="Table")
    made.addElement(odf_table.TableColumn(numbercolumnsrepeated=len(rows[0])))
    header = odf_table.TableHeaderRows()
    made.addElement(header)
    for number, cells in enumerate(rows):
        row = odf_table.TableRow()
        for text in cells:
            cell = odf_table.TableCell(valuetype="string")
            cell.addElement(odf_text.P(text=text))
            row.addElement(cell)
        (made if number else header).addElement(row)
    return made


def pdf() -> bytes:
    """PDF: a page ends within the long paragraph; each page has a running head and a number."""
    styles = getSampleStyleSheet()
    story: list[Flowable] = [PdfParagraph(TITLE, styles["Title"])]
    for part in PARTS:
        story += _pdf(part, styles)
    made = io.BytesIO()
    document = SimpleDocTemplate(made, pagesize=A4, title=TITLE)
    document.build(story, onFirstPage=_furniture, onLaterPages=_furniture)
    return made.getvalue()


def _pdf(part: Part, styles: StyleSheet1) -> list[Flowable]:
    match part:
        case Heading(level, text):
            start: list[Flowable] = [PageBreak()] if text == "Illness" else []
            return [*start, PdfParagraph(text, styles[f"Heading{level}"])]
        case Paragraph(text):
            return [PdfParagraph(text, styles["BodyText"])]
        case Items(texts):
            return [ListFlowable([PdfParagraph(text, styles["BodyText"]) for text in texts], bulletType="bullet")]
        case Table(rows):
            lines = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
            return [Spacer(1, 6), PdfTable(rows, style=lines), Spacer(1, 6)]


def _furniture(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont("Helvetica", 9)
    canvas.drawString(72, A4[1] - 40, RUNNING_HEAD)
    canvas.drawCentredString(A4[0] / 2, 40, f"Page {document.page}")


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    made = io.BytesIO()
    save(made)
    return made.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {
    ".md": markdown,
    ".html": hypertext,
    ".docx": word,
    ".pptx": slides,
    ".odt": open_document,
    ".pdf": pdf,
}

if __name__ == "__main__":
    for ending, write in FORMATS.items():
        (Path(sys.argv[1]) / f"working-hours{ending}").write_bytes(write())
