"""What people said, as an admin may read it: without keys, accounts, ids, addresses and the names of known people."""

import re
from collections.abc import Iterable

from ingest.sensitive import hidden

SOMEBODY = "[somebody]"
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def masked(text: str, names: Iterable[str]) -> str:
    """The text with marks. A first name alone stays: it may be a word."""
    text = _ADDRESS.sub(SOMEBODY, hidden(text)[0])
    known = sorted({name.strip() for name in names if " " in name.strip()}, key=len, reverse=True)
    if known:
        text = re.sub(rf"\b(?:{'|'.join(map(re.escape, known))})\b", SOMEBODY, text, flags=re.IGNORECASE)
    return text
