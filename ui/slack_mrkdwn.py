"""An answer as Slack draws it. Pure: texts and citations in, Markdown and blocks out.

Nothing of a document becomes a mention, a link, a picture or a preview: the only links are those of our own sources.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from app.events import Citation

Block = dict[str, Any]

MARKDOWN_LIMIT = 12_000  # characters in the markdown blocks of one message
PAGE = 11_000  # of an answer in one message; what is left is for its sources
SECTION_LIMIT = 3_000
BLOCKS_LIMIT = 50
FALLBACK_LIMIT = 3_000  # of `text`; chat.update refuses more than 4,000
_TITLE_LIMIT = 150
_SOURCES_SHOWN = 20
_SOURCES_LIMIT = 1_800  # characters: all blocks of a message may hold 13,200
_LONGEST_HEAD = 1_000
_GROUP_PINGS = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[\w.+-]*://|www\.|mailto:|[\w.+-]+@[\w-]+\.)[^\s]*[^\s.,;:!?)}\]>'\"*_|]", re.IGNORECASE)
_EMOJI = re.compile(r":(?=[a-z+][\w+-]*:)", re.IGNORECASE)
_LINK = re.compile(r"\](?=[(\[:])")
_WORD_JOINER = "\u2060"
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ROW = re.compile(r"\s*\|.*\|\s*")
_RULE = re.compile(r"\s*\|[\s:|-]+\|\s*")


def markdown(text: str) -> str:
    """An answer's text as Markdown that can ping nobody and opens nothing.

    Word by word, so that the rendering of a text up to a white space begins the rendering of the whole text.
    """
    return "".join(map(_word, re.split(r"(\s+)", text)))


def mrkdwn(text: str) -> str:
    """The same in Slack's own older markup, for one line."""
    return _joined(" ".join(_visible(text).split()).translate(_ENTITIES).replace("*", "∗").replace("`", "'"))


def ready(text: str) -> int:
    """How much of a text that still grows can be rendered already: up to its last white space."""
    found = [place.end() for place in re.finditer(r"\s", text)]
    return found[-1] if found else 0


def parted(text: str, room: int, before: str = "") -> tuple[str, str]:
    """Markdown cut so that the first part fits; `before` stands before it. A table that is cut repeats its head."""
    if len(text) <= room:
        return text, ""
    at = _cut(text, max(room, 0))
    rest = text[at:].lstrip("\n")
    return text[:at], _table_head(before + text[:at], rest) + rest


def pages(text: str, limit: int = PAGE) -> list[str]:
    """Markdown in pieces of at most `limit` characters."""
    found: list[str] = []
    while text:
        piece, text = parted(text, limit)
        found.append(piece.rstrip())
    return found


def fallback(text: str) -> str:
    """What notifications and search show."""
    plain = " ".join(markdown(text).split())
    return plain if len(plain) <= FALLBACK_LIMIT else plain[: FALLBACK_LIMIT - 1].rstrip() + "…"


def markdown_block(rendered: str) -> Block:
    """A rendered page as a block."""
    return {"type": "markdown", "text": rendered}


def source_blocks(citations: Sequence[Citation]) -> list[Block]:
    """The numbered sources, each number once for each place; few enough to fit beside an answer."""
    lines = list(dict.fromkeys(map(_source, sorted(citations, key=lambda one: one.number))))
    if not lines:
        return []
    kept = lines[:_SOURCES_SHOWN]
    while len(text := "\n".join(["*Sources*", *kept, *_more(len(lines) - len(kept))])) > _SOURCES_LIMIT:
        kept.pop()
    return [{"type": "section", "block_id": "sources", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}]


def context_block(text: str) -> Block:
    """A small grey line. The text is ours and may hold markup."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def text_section(text: str) -> Block:
    """A paragraph; the text is ours and may hold markup."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION_LIMIT], "verbatim": True}}


def fitting(blocks: Iterable[Block]) -> list[Block]:
    """No more blocks than a message may have; the last ones, where the buttons are, stay."""
    found = list(blocks)
    return found if len(found) <= BLOCKS_LIMIT else [*found[: BLOCKS_LIMIT - 5], *found[-5:]]


def safe_link(anchor: str) -> str:
    """The anchor if it is a web address, which only our own sources make; else nothing."""
    return anchor if re.fullmatch(r"https://[^\s<>|\"'()\[\]]{1,2900}", anchor) else ""


def _word(word: str) -> str:
    if not word or word.isspace():
        return word
    word = _LINK.sub("] ", _visible(word).replace("`", "'"))
    pieces, at = [], 0
    for address in _ADDRESS.finditer(word):
        pieces += [_EMOJI.sub(f":{_WORD_JOINER}", word[at : address.start()]), f"`{address[0]}`"]
        at = address.end()
    pieces.append(_EMOJI.sub(f":{_WORD_JOINER}", word[at:]))
    return _joined("".join(pieces).translate(_ENTITIES))


def _joined(text: str) -> str:
    return _GROUP_PINGS.sub(f"@{_WORD_JOINER}", text)


def _visible(text: str) -> str:
    return text if text.isprintable() else "".join(one for one in text if one.isprintable() or one in "\n\t ")


def _source(citation: Citation) -> str:
    title = mrkdwn(citation.title[:_TITLE_LIMIT]) or "Untitled"
    link = safe_link(citation.anchor)
    if link:
        return f"`[{citation.number}]` <{link.replace('&', '&amp;')}|{title}>"
    return f"`[{citation.number}]` {title}{_place(citation.anchor)}"


def _place(anchor: str) -> str:
    """Where in a document: `#page=3` as words."""
    found = re.fullmatch(r"#(page|slide|sheet)=(.{1,80})", anchor)
    return f", {found[1]} {mrkdwn(found[2])}" if found else ""


def _more(count: int) -> list[str]:
    return [f"and {count} more"] if count else []


def _cut(text: str, limit: int) -> int:
    """The best place to cut: between paragraphs, lines, words; never in an entity."""
    for mark in ("\n\n", "\n", " "):
        at = text.rfind(mark, limit // 2, limit)
        if at >= 0:
            return at + len(mark)
    entity = text.rfind("&", max(limit - 5, 0), limit)
    return entity if entity > 0 and ";" not in text[entity:limit] else limit


def _table_head(before: str, after: str) -> str:
    """The head of the table that the cut goes through; empty where it goes through none."""
    lines = before.rstrip("\n").split("\n")
    if not _ROW.fullmatch(after.partition("\n")[0]):
        return ""
    for number in range(len(lines) - 1, 0, -1):
        if not _ROW.fullmatch(lines[number]):
            return ""
        if _RULE.fullmatch(lines[number]):
            head = "\n".join(lines[number - 1 : number + 1]) + "\n"
            return head if len(head) < _LONGEST_HEAD else ""
    return ""
