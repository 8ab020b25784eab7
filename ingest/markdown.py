"""Reading Markdown (CommonMark with tables) with markdown-it-py."""

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace

import yaml  # type: ignore[import-untyped]
from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.decode import decode
from ingest.facts import stated
from ingest.outline import Outline
from ingest.stated_audience import stated_audience
from retrieval.document import Document
from retrieval.plain import folded

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.DOTALL)
_LONGEST_FRONT_MATTER = 4_000  # characters that are parsed for facts
_TITLE = re.compile(r"^title:[ \t]*+(?![*&\[{|>])[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
_BETWEEN_CELLS = " | "


def read_markdown(data: bytes) -> Document:
    """Headings, paragraphs, lists, tables and code as plain text; links keep their words, images theirs."""
    text = decode(data)
    outline = Outline()
    front = _FRONT_MATTER.match(text)
    if front:
        titled = _TITLE.search(front.group())
        outline.title = titled.group(1) if titled else ""
        pairs = list(_pairs(front.group(1)))
        outline.facts = replace(stated(pairs), stated_audience=stated_audience(pairs, front.group(1)))
        text = text[front.end() :]
    _Walk(outline).run(MarkdownIt("commonmark").enable("table").parse(text))
    return outline.document()


def _pairs(front: str) -> Iterator[tuple[str, str]]:
    """Keys and plain values of the front matter; a list gives its key several times. None of what is no such YAML.

    Composed, not constructed: nothing is made of tags, nothing below a list is looked at, `NO` is no boolean.
    """
    if len(front) > _LONGEST_FRONT_MATTER:
        return
    try:
        root = yaml.compose(front, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        for one in value.value if value.tag == yaml.BaseLoader.DEFAULT_SEQUENCE_TAG else (value,):
            if key.tag == one.tag == yaml.BaseLoader.DEFAULT_SCALAR_TAG:
                yield key.value, one.value


class _Walk:
    """Turns markdown-it's flat list of tokens into blocks."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._lists: list[int | None] = []  # the next number of each open list; None where it has bullets
        self._marker = ""
        self._header = ""
        self._cells: list[str] | None = None
        self._heading = 0

    def run(self, tokens: Sequence[Token]) -> None:
        """Visit every token."""
        for token in tokens:
            visit = getattr(self, f"_on_{token.type}", None)
            if visit:
                visit(token)

    def _on_heading_open(self, token: Token) -> None:
        self._heading = int(token.tag[1])

    def _on_inline(self, token: Token) -> None:
        text = folded(_plain(token.children or ()))
        if self._heading:
            self._outline.heading(self._heading, text)
            self._heading = 0
        elif self._cells is not None:
            self._cells.append(text)
        elif self._lists:
            indent = "  " * (len(self._lists) - 1)
            self._outline.block(indent + (self._marker or "  ") + text, joined=True)
            self._marker = ""
        else:
            self._outline.block(text)

    def _on_bullet_list_open(self, _token: Token) -> None:
        self._lists.append(None)

    def _on_ordered_list_open(self, token: Token) -> None:
        self._lists.append(int(token.attrs.get("start", 1)))

    def _on_list_item_open(self, _token: Token) -> None:
        number = self._lists[-1]
        self._marker = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _on_bullet_list_close(self, _token: Token) -> None:
        self._lists.pop()

    _on_ordered_list_close = _on_bullet_list_close

    def _on_tr_open(self, _token: Token) -> None:
        self._cells = []

    def _on_thead_open(self, _token: Token) -> None:
        self._header = ""

    def _on_tr_close(self, _token: Token) -> None:
        row = _BETWEEN_CELLS.join(self._cells or ())
        self._cells = None
        if self._header:
            self._outline.block(row, lead=self._header, joined=True)
        else:
            self._header = row
            self._outline.block(row)

    def _on_fence(self, token: Token) -> None:
        self._outline.block(token.content.rstrip())

    _on_code_block = _on_fence

    def _on_html_block(self, token: Token) -> None:
        with warnings.catch_warnings(action="ignore", category=MarkupResemblesLocatorWarning):
            text = BeautifulSoup(token.content, "lxml").get_text(" ")
        self._outline.block(folded(text))


def _plain(children: Sequence[Token]) -> str:
    pieces = []
    for child in children:
        if child.type in ("text", "code_inline"):
            pieces.append(child.content)
        elif child.type == "image":
            pieces.append(_plain(child.children or ()))
        elif child.type in ("softbreak", "hardbreak", "html_inline"):
            pieces.append(" " if child.type != "html_inline" or child.content.startswith("<br") else "")
    return "".join(pieces)
