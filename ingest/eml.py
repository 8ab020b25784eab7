"""Reading e-mail messages: who wrote to whom and when, the text, and the attachments that have a reader.

A message's date says when it was sent, not from when on something is in force: it is text, and no fact.
"""

import email
import mimetypes
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.policy import EmailPolicy

from ingest.decode import decode
from ingest.html import read_html
from ingest.text import read_text
from retrieval.document import Block, Document, Section
from retrieval.errors import Unreadable
from retrieval.plain import folded

_DEEPEST = 3  # messages inside of messages
_MOST_PARTS = 500
_LONGEST_HEADER = 2_000  # characters that are parsed; parsing takes the square of it
_LONGEST_LINE = 300  # characters of a header that are shown
_SHOWN = ("From", "To", "Cc", "Date")
_MESSAGE = ("Subject", "From", "To", "Date", "Received", "Message-ID", "MIME-Version", "Content-Type")
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
_IN_7_BITS = ("iso-2022", "utf-7", "hz")  # charsets whose bytes are valid UTF-8 and mean something else

Attached = Callable[[bytes, str], Document]


class _Bounded(EmailPolicy):
    """The modern policy, which decodes headers, without headers of a size that nobody writes."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


def read_eml(data: bytes, attached: Attached) -> Document:
    """Subject, sender, recipients, date, text and attachments; `attached` reads one attachment by its name."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", errors="replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise Unreadable("there is no text in it")
    message = _parsed(data)
    if not any(name in message for name in _MESSAGE):
        raise Unreadable("it is no e-mail message: it has neither a sender nor a subject nor a date")
    walk = _Walk(attached)
    walk.message(message, (), 0)
    return Document(_header(message, "Subject"), walk.sections())


def _parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=_Bounded(utf8=True))  # type: ignore[arg-type]


def _header(message: EmailMessage, name: str) -> str:
    """A header as people read it; as it was sent where it cannot be decoded."""
    try:
        value = str(message.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError):  # of the parser, on headers that break the rules
        value = next((str(raw) for key, raw in message.raw_items() if key.lower() == name.lower()), "")
    value = folded(value.encode("utf-8", "replace").decode())
    return value if len(value) <= _LONGEST_LINE else value[:_LONGEST_LINE].rsplit(" ", 1)[0] + " …"


class _Walk:
    """Goes through the parts of a message and of those inside of it."""

    def __init__(self, attached: Attached) -> None:
        self._attached = attached
        self._sections: list[tuple[tuple[str, ...], list[Block]]] = []
        self._unread: list[str] = []
        self._parts = 0

    def sections(self) -> tuple[Section, ...]:
        """What was found, and the names of what could not be read."""
        if self._unread:
            self._put((), [Block(f"Attachments that were not read: {', '.join(self._unread)}")])
        return tuple(Section(path, tuple(blocks)) for path, blocks in self._sections)

    def message(self, message: EmailMessage, path: tuple[str, ...], depth: int) -> None:
        """A message: its head, then its parts."""
        head = [f"{name}: {value}" for name in _SHOWN if (value := _header(message, name))]
        self._put(path, [Block("\n".join(head))] if head else [])
        self._part(message, path, depth)

    def _part(self, part: EmailMessage, path: tuple[str, ...], depth: int) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            return
        kind = part.get_content_type()
        if kind == "message/rfc822":
            for message in _children(part):
                self._enclosed(message, _header(message, "Subject") or "Enclosed message", path, depth)
        elif part.is_multipart():
            for child in _preferred(part) if kind == "multipart/alternative" else _children(part):
                self._part(child, path, depth)
        elif kind in ("text/plain", "text/html") and not part.get_filename():
            self._body(part, path)
        elif part.get_filename() or not kind.startswith("image/"):
            self._attachment(part, path, depth)

    def _body(self, part: EmailMessage, path: tuple[str, ...]) -> None:
        try:
            document = _body(part)
        except Unreadable:
            self._unread.append(_name(part))
            return
        first = next((block.text for section in document.sections for block in section.blocks), "")
        # A text's first heading is its title, and would be lost: a message is called by its subject.
        self._add(document, (*path, document.title) if document.title not in ("", first) else path)

    def _enclosed(self, message: EmailMessage, name: str, path: tuple[str, ...], depth: int) -> None:
        if depth < _DEEPEST:
            self.message(message, (*path, name), depth + 1)
        else:
            self._unread.append(name)

    def _attachment(self, part: EmailMessage, path: tuple[str, ...], depth: int) -> None:
        name = _name(part)
        if name.lower().endswith(".eml"):
            self._enclosed(_parsed(_payload(part)), name, path, depth)
            return
        try:
            document = self._attached(_payload(part), name)
        except Unreadable:
            self._unread.append(name)
        else:
            self._add(document, (*path, document.title))

    def _add(self, document: Document, path: tuple[str, ...]) -> None:
        for section in document.sections:
            self._put((*path, *section.heading_path), [replace(block, anchor="") for block in section.blocks])

    def _put(self, path: tuple[str, ...], blocks: Sequence[Block]) -> None:
        if not self._sections or self._sections[-1][0] != path:
            self._sections.append((path, []))
        self._sections[-1][1].extend(blocks)


def _children(part: EmailMessage) -> Iterator[EmailMessage]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from payload  # type: ignore[misc]


def _preferred(part: EmailMessage) -> list[EmailMessage]:
    """The plain form where it says anything, else the last one: senders put their best form last."""
    forms = list(_children(part))
    plain = [form for form in forms if form.get_content_type() == "text/plain" and _payload(form).strip()]
    return (plain or forms[::-1])[:1]


def _payload(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _body(part: EmailMessage) -> Document:
    charset = part.get_content_charset() or ""
    data = _payload(part)
    text = data.decode(charset, errors="replace") if charset.startswith(_IN_7_BITS) else decode(data, charset)
    if part.get_content_type() == "text/html":
        return read_html(text.encode())
    return read_text(_QUOTED.sub("", text).encode())


def _name(part: EmailMessage) -> str:
    name = folded(part.get_filename() or "")[:_LONGEST_LINE]
    return name or f"attachment{mimetypes.guess_extension(part.get_content_type()) or ''}"
