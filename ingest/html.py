"""Reading HTML with Beautiful Soup: the main text, without navigation, scripts and what is hidden."""

import re
import warnings
from itertools import groupby

from bs4 import BeautifulSoup, Comment, MarkupResemblesLocatorWarning, Tag
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString

from ingest.decode import decode
from ingest.facts import stated as stated_facts
from ingest.outline import Outline
from retrieval.document import Document
from retrieval.plain import folded

_LEFT_OUT = [
    "script",
    "style",
    "template",
    "noscript",
    "nav",
    "footer",
    "aside",
    "form",
    "iframe",
    "svg",
    "button",
]
_BLOCK_TAGS = """
    h1 h2 h3 h4 h5 h6 p li tr pre blockquote dt dd div section article main body figcaption caption td th
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_BETWEEN_CELLS = " | "


def read_html(data: bytes) -> Document:
    """Headings, paragraphs, list items and table rows of the page's main part."""
    stated_encoding = EncodingDetector.find_declared_encoding(data, is_html=True)
    with warnings.catch_warnings(action="ignore", category=MarkupResemblesLocatorWarning):
        soup = BeautifulSoup(decode(data, stated_encoding or ""), "lxml")
    stated = folded(soup.title.get_text()) if soup.title else ""
    facts = stated_facts((str(tag.get("name", "")), str(tag.get("content", ""))) for tag in soup.find_all("meta"))
    for tag in soup.find_all(_LEFT_OUT):
        tag.decompose()
    for tag in soup.find_all(_is_hidden):
        tag.decompose()
    root = soup.find("main") or soup.find("article") or soup.body or soup
    if root.name == "body":
        for tag in root.find_all("header"):
            tag.decompose()
    leads = _flatten_tables(root)
    outline = Outline(facts=facts)
    # By identity: Beautiful Soup calls two tags equal that look alike.
    for _, group in groupby(_strings(root), key=lambda string: id(_block_of(string))):
        strings = list(group)
        _add(outline, _block_of(strings[0]), folded("".join(strings)), leads)
    if not outline.title:
        outline.title = stated
    return outline.document()


def _is_hidden(tag: Tag) -> bool:
    style = str(tag.get("style", ""))
    return tag.has_attr("hidden") or tag.get("aria-hidden") == "true" or bool(_HIDDEN.search(style))


def _strings(root: Tag) -> list[NavigableString]:
    for line_break in root.find_all("br"):
        line_break.replace_with(" ")
    return [string for string in root.find_all(string=True) if not isinstance(string, Comment)]


def _block_of(string: NavigableString) -> Tag | None:
    return next((parent for parent in string.parents if parent.name in _BLOCKS), None)


def _flatten_tables(root: Tag) -> dict[int, str]:
    """Make each row one string of its cells; returns the header of each row's table by the row's identity."""
    leads = {}
    for table in root.find_all("table"):
        header = ""
        for row in table.find_all("tr"):
            cells = row.find_all(["td", "th"])
            text = _BETWEEN_CELLS.join(folded(cell.get_text(" ")) for cell in cells)
            is_header = bool(cells) and all(cell.name == "th" for cell in cells)
            row.string = text
            leads[id(row)] = "" if is_header else header
            if is_header:
                header = text
    return leads


def _add(outline: Outline, block: Tag | None, text: str, leads: dict[int, str]) -> None:
    name = block.name if block is not None else ""
    if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
        outline.heading(int(name[1]), text)
    elif name == "li" and text:
        outline.block(f"- {text}", joined=True)
    elif name == "tr" and block is not None:
        lead = leads.get(id(block), "")
        outline.block(text, lead=lead, joined=bool(lead))
    else:
        outline.block(text)
