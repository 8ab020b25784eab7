"""What the page shows, as text. Pure: values in, Markdown or plain text out; nothing of a document becomes markup."""

import re
from collections.abc import Sequence
from html import escape

from app.client import Said
from app.events import Citation

TITLE = "Frontdesk"
# A picture of our own: for a named icon the browser would ask a font server on the internet.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f6f78"/>'
    '<path d="M7 9h18v11H15l-5 5v-5H7z" fill="#fff"/></svg>'
)
DEMO = "Demo: an invented company. None of its policies is yours."
EXAMPLES = (
    "How many days of annual leave do I get?",
    "How do I claim my expenses?",
    "Can I work from home?",
    "Who do I tell when I am ill?",
)
DEMO_EXAMPLES = (
    "What is the hotel cap in Lisbon?",
    "How many weeks of parental leave are paid in full?",
    "Who do I tell when my laptop is stolen?",
    "How many volunteering days do I get?",
)
DEMO_PERSONS = (
    "Only the demo lets you choose. What an answer may use depends on who asks: "
    "as Hana Okoro, who is in HR, ask what a G5 in Leeds earns."
)
EMPTY = "Ask about your company's policies. Answers quote its documents, with numbered sources."
NO_DOCUMENTS = "There are no documents yet. An admin begins with: `frontdesk ingest FOLDER`"
VERIFIED = "Verified: a colleague who is responsible for this wrote and approved the answer."
FELL_BACK = "The language model failed or took too long, so the documents are quoted instead."
NO_SOURCE = "This answer cites no source. Please check it."
STOPPED = "This answer was stopped before its end."
LOST = "This conversation is not there, or it is somebody else's. A new one begins."
SESSION_ENDED = (
    '<p role="alert">Your session has ended. <a href="/login" target="_self" style="color: inherit">Sign in</a> '
    "to go on; your conversations are kept.</p>"
)
NO_KEY = "The server's key cannot be read. Start the page with: frontdesk up"

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# The page makes links of addresses and pictures of codes like :tada: even where every character is escaped.
_ADDRESS_OR_CODE = re.compile(
    r"([\w.+-]*(?:://|www\.|@[-\w]+\.)[^\s`\[\]\\]*[^\s`\[\]\\.,;:!?)}>'\"]|:[\w+-]+:)", re.IGNORECASE
)
_MARK = re.compile(r"\[(\d+)\]")


def escaped(text: str) -> str:
    """Text as Markdown that draws these characters and nothing else: no link, image, HTML, formula, icon or list.

    Addresses and codes like `:tada:` are drawn as code. Streamlit still draws a lone `--` as a dash, `>=` as one sign.
    """
    pieces = _ADDRESS_OR_CODE.split(text)
    return "".join(
        f"`{piece}`" if place % 2 else _PUNCTUATION.sub(r"\\\1", piece) for place, piece in enumerate(pieces)
    )


def answer_markdown(text: str) -> str:
    """An answer: paragraphs and line breaks as they are, citation marks coloured, everything else literal."""
    pieces = _MARK.split(_even(text))
    return "".join(f":primary[**\\[{piece}\\]**]" if place % 2 else _lines(piece) for place, piece in enumerate(pieces))


def who_can_see(name: str, audiences: Sequence[str], documents: int) -> str:
    """Who is taken for whom, and who can see what is asked and answered here."""
    who = f"You are **{escaped(name)}**." if name else "You are not signed in, so you see what every employee may read."
    groups = [audience.partition(":")[2] for audience in audiences if audience.startswith("group:")]
    also = f" Your groups ({escaped(', '.join(groups))}) add documents that others do not see." if groups else ""
    kept = "Only you see this conversation." if name else "Whoever has this page's address can see this conversation."
    return f"{who}{also} {documents} documents are open to you. {kept}"


def waiting(before: int) -> str:
    """How many questions the language model answers first."""
    return f"_{before} question{'s' if before != 1 else ''} before yours ..._"


def signed_in(name: str, *, by_password: bool) -> str:
    """Who is signed in, and the way out, as HTML: Streamlit's own links open another tab."""
    link = '<a href="{place}" target="_self" style="color: inherit">{label}</a>'
    ways = [("/account", "Password")] * by_password + [("/logout", "Sign out")]
    links = " &middot; ".join(link.format(place=place, label=label) for place, label in ways)
    return f"<p>Signed in as <b>{escape(name)}</b><br>{links}</p>"


def kept(question: str) -> str:
    """What became of a question that the server could not be asked."""
    return f"Your question is kept and will be asked then: {escaped(' '.join(question.split()))}"


def source_label(citation: Citation) -> str:
    """The line of one source."""
    return f"{citation.number}. {escaped(' '.join(citation.title.split()))}"


def grouped(citations: Sequence[Citation]) -> list[list[Citation]]:
    """The citations of each number together, in the order of the numbers."""
    found: dict[int, list[Citation]] = {}
    for citation in citations:
        found.setdefault(citation.number, []).append(citation)
    return [found[number] for number in sorted(found)]


def unanswered(said: Sequence[Said]) -> str:
    """The last question if its answer failed, was stopped or never came; else nothing."""
    if not said or said[-1].status in ("answered", "quoted", "verified", "refused", "clarified"):
        return ""
    return next((message.text for message in reversed(said) if message.role == "user"), "")


def safe_link(anchor: str) -> str:
    """The anchor if it is a web address, which only our own sources make; else nothing."""
    return anchor if re.fullmatch(r"https://[^\s<>\"'()\[\]]+", anchor) else ""


def marked(text: str, quotes: Sequence[str]) -> str:
    """A passage as Markdown with its quoted parts highlighted."""
    text = _even(text)
    known = [quote for quote in (_even(quote).strip() for quote in quotes) if quote and quote in text]
    drawn, at = [], 0
    for start, end in sorted((text.index(quote), text.index(quote) + len(quote)) for quote in known):
        if end > at:
            drawn += [_lines(text[at : max(at, start)]), _highlighted(text[max(at, start) : end])]
            at = end
    return "".join([*drawn, _lines(text[at:])])


def _highlighted(text: str) -> str:
    lines = (f":yellow-background[{escaped(line)}]" if line else "" for line in text.split("\n"))
    return _breaks("\n".join(lines))


def _lines(text: str) -> str:
    return _breaks(escaped(text))


def _breaks(markdown: str) -> str:
    """A single line break stays one."""
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", markdown)


def _even(text: str) -> str:
    """One kind of line end, and no space at a line's begin, which would make it code."""
    return re.sub(r"^[ \t]+", "", text.replace("\r\n", "\n").replace("\r", "\n"), flags=re.MULTILINE)
