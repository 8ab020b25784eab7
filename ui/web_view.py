"""What the page shows, as text. Pure: values in, Markdown or plain text out; nothing of a document becomes markup."""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote as quoted

from app.client import Made, Opened, Said, Size, Talk
from app.events import VERIFIED as BY_A_PERSON
from app.events import Citation
from ui.web_markdown import escaped

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
ASK_HERE = "Ask about a policy"
MOST_TYPED = 100_000  # characters; what is too long for an answer is said before it is sent
SURELY_SHORT = 300  # characters; these are sent without being measured first
LARGE = "This question is long. It leaves less room for what the documents say. Shorten it, or send it as it is."
SEARCHING = "_Searching the documents ..._"
CURSOR = " ▌"
THANKS = "Thank you. What you said is kept for those who look after the answers."
REASONS = (
    "It is wrong",
    "It is out of date",
    "It does not answer my question",
    "The source does not say that",
    "Other",
)
DELETE_TURN = "The question and its answer are deleted, and what was said of them."
DELETE_TALK = "This whole conversation is deleted. This cannot be undone."
PASSED_ON = "Your question is kept for HR. They see it in their list."
NO_TALKS = "Your conversations will be listed here, also those in Slack."
NOT_LISTED = "You are not signed in, so your conversations are not listed. A page's address leads back to it."
NO_MATCH = "No conversation has these words in its title."
LOST = "This conversation is not there, or it is somebody else's. A new one begins."
SESSION_ENDED = (
    '<p role="alert">Your session has ended. <a href="/login" target="_self" style="color: inherit">Sign in</a> '
    "to go on; your conversations are kept.</p>"
)
NO_KEY = "The server's key cannot be read. Start the page with: frontdesk up"

# On a phone a wide table breaks its words rather than leave the page.
STYLE = """<style>@media (max-width: 640px) {
  [data-testid="stMarkdownContainer"] table { overflow-wrap: anywhere; font-size: 0.875rem; }
  [data-testid="stMarkdownContainer"] :is(th, td) { padding: 0.25rem 0.375rem; }
}</style>"""

_LABEL = 34  # characters of a conversation's title that fit on one line


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


def below(said: Said) -> list[str]:
    """The lines below an answer: how far to trust it, how it was made, and what was left out."""
    lines = []
    if said.status == "stopped":
        lines.append(STOPPED)
    elif said.status == "verified":
        lines.append(VERIFIED)
    elif said.status == "quoted":
        lines.append(FELL_BACK)
    elif said.status == "answered" and not said.citations:
        lines.append(NO_SOURCE)
    if said.made and said.status in ("answered", "quoted", "stopped"):
        lines += filter(None, [_made(said.made, len(grouped(said.citations)))])
    return lines


def _made(made: Made, cited: int) -> str:
    if not made.model or made.model == BY_A_PERSON:
        return ""
    found = made.passages + made.tokens.dropped_sources
    if made.model == "quoting":
        return f"Quoted word for word. {cited} of {found} passages used."
    written = f"Written by {escaped(made.model)}. {made.passages} of {found} passages used."
    return (
        f"{written}{_older(made.tokens.summarised_turns, 'summed up')}{_older(made.tokens.dropped_turns, 'left out')}"
    )


def _older(turns: int, how: str) -> str:
    return f" {turns} older {'turn' if turns == 1 else 'turns'} {how}." if turns else ""


def reading(passages: int) -> str:
    """What is said between the search and the first word."""
    return f"_Reading {passages} passages ..._" if passages else SEARCHING


def meter(size: Size) -> str:
    """How large a question is."""
    return f"{size.used:,} of {size.most:,} {size.unit}"


def complaint(reason: str, words: str) -> str:
    """A chosen reason and free words as one text."""
    return ": ".join(part for part in (reason, words.strip()) if part)


def talk_label(talk: Talk, *, is_current: bool) -> str:
    """A conversation in the list; the open one in bold letters."""
    title = " ".join(talk.title.split())
    title = escaped(f"{title[: _LABEL - 3].rstrip()} ..." if is_cut(talk) else title) or "Untitled"
    return f"**{title}**" if is_current else title


def is_cut(talk: Talk) -> bool:
    """Whether the list shows a part of its title only."""
    return len(" ".join(talk.title.split())) > _LABEL


def more_talks(left: int) -> str:
    """What the list leaves out."""
    return f"{left} older ones are not shown. Search for them above."


def place(opened: Opened, citation: Citation) -> str:
    """Where a passage stands: the document's place, its headings, and the page."""
    page = re.fullmatch(r"#(page|slide)=(\d+)", citation.anchor)
    parts = (opened.uri, opened.heading, f"{page[1]} {page[2]}" if page else "")
    return escaped(" > ".join(part for part in parts if part))


def origin(opened: Opened, citation: Citation) -> list[str]:
    """Whom to ask about a source, how old it is, and how well it fits."""
    since = f"in force from {opened.effective_from}" if opened.effective_from else ""
    until = f"until {opened.effective_until}" if opened.effective_until else ""
    read = f"read in on {opened.updated_at}" if opened.updated_at else ""
    fits = f"relevance {citation.relevance:.0%}" if citation.relevance else ""
    told = ", ".join(part for part in (since, until, read, fits) if part)
    lines = [f"{told[:1].upper()}{told[1:]}."] if told else []
    return [*lines, f"Questions about this: {escaped(opened.contact)}"] if opened.contact else lines


def hand_off(contact: str) -> str:
    """What becomes of a question for HR."""
    who = f" The documents name {escaped(contact)} for this." if contact else ""
    return f"Your question goes to the list that HR works through here.{who}"


def named(email: str) -> str:
    """The tick that lets HR see who asks."""
    return (
        f"HR may see that {escaped(email)} asks, and can answer"
        if email
        else "You are not signed in: HR cannot answer you"
    )


def contact_in(refusal: str) -> str:
    """The address that a refusal names."""
    found = re.search(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", refusal)
    return found[0] if found else ""


def mailto(contact: str, question: str) -> str:
    """A link that writes an e-mail to the contact; empty where it is no address."""
    if not re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", contact):
        return ""
    subject = quoted("A question that our documents do not answer")
    return f"mailto:{quoted(contact, safe='@')}?subject={subject}&body={quoted(question[:1500])}"


def safe_link(anchor: str) -> str:
    """The anchor if it is a web address, which only our own sources make; else nothing."""
    return anchor if re.fullmatch(r"https://[^\s<>\"'()\[\]]+", anchor) else ""
