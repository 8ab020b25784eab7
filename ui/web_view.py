"""What the page shows, as text. Pure: values in, Markdown or plain text out; nothing of a document becomes markup."""

import re
from collections.abc import Sequence

from app.events import Citation

TITLE = "Frontdesk"
EXAMPLES = (
    "How many days of annual leave do I get?",
    "What can I claim for a hotel in Lisbon?",
    "Who do I tell when my laptop is stolen?",
    "Can I work from another country for a while?",
)
EMPTY = "Ask about your company's policies. Answers quote its documents, with numbered sources."
NO_DOCUMENTS = "There are no documents yet. An admin begins with: `frontdesk ingest FOLDER`"
NO_SOURCE = "This answer cites no source. Please check it."
LOST = "This conversation is not there, or it is somebody else's. A new one begins."

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:^=\"'&@/])")
_MARK = re.compile(r"\[(\d+)\]")


def escaped(text: str) -> str:
    """Text as Markdown that draws exactly these characters: no link, image, HTML, formula, emoji code or list."""
    return _SPECIAL.sub(r"\\\1", text)


def answer_markdown(text: str) -> str:
    """An answer: paragraphs and line breaks as they are, citation marks bold, everything else literal."""
    pieces = _MARK.split(text)
    drawn = [f"**\\[{piece}\\]**" if place % 2 else _lines(piece) for place, piece in enumerate(pieces)]
    return "".join(drawn)


def who_can_see(name: str, audiences: Sequence[str], documents: int) -> str:
    """Who is taken for whom, and who can see what is asked and answered here."""
    who = f"You are **{escaped(name)}**." if name else "You are not signed in, so you see what every employee may read."
    groups = [audience.partition(":")[2] for audience in audiences if audience.startswith("group:")]
    also = f" Your groups ({escaped(', '.join(groups))}) add documents that others do not see." if groups else ""
    kept = "Only you see this conversation." if name else "Whoever has this page's address can see this conversation."
    return f"{who}{also} {documents} documents are open to you. {kept}"


def source_label(citation: Citation) -> str:
    """The line of one source."""
    return f"{citation.number}. {escaped(citation.title)}"


def grouped(citations: Sequence[Citation]) -> list[tuple[Citation, list[str]]]:
    """One entry a number, in order, with all its quotes."""
    found: dict[int, tuple[Citation, list[str]]] = {}
    for citation in citations:
        found.setdefault(citation.number, (citation, []))[1].append(citation.quote)
    return [found[number] for number in sorted(found)]


def safe_link(anchor: str) -> str:
    """The anchor if it is a web address, which only our own sources make; else nothing."""
    return anchor if re.fullmatch(r"https://[^\s<>\"'()\[\]]+", anchor) else ""


def marked(text: str, quotes: Sequence[str]) -> str:
    """A passage as Markdown with its quoted parts in bold."""
    spans = sorted((text.index(quote), text.index(quote) + len(quote)) for quote in quotes if quote and quote in text)
    drawn, at = [], 0
    for start, end in spans:
        if start >= at:
            drawn += [_lines(text[at:start]), _bold(text[start:end])]
            at = end
    return "".join([*drawn, _lines(text[at:])])


def _bold(text: str) -> str:
    return "\n".join(f"**{_lines(line.strip())}**" if line.strip() else "" for line in text.split("\n"))


def _lines(text: str) -> str:
    """Escaped text; a single line break stays one."""
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", escaped(text))
