"""`audience:` in a document's front matter: closes it to some who may read its source, opens it to nobody. Pure.

---
audience: group:managers
---
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from retrieval.access import ADMINS, EVERYONE, Audience, audience_id

_KEY = re.compile(r"^[\"']?audience[\"']?[ \t]*:", re.IGNORECASE | re.MULTILINE)
_LONGEST = 200


def stated_audience(pairs: Iterable[tuple[str, str]], front_matter: str) -> str | None:
    """What the front matter says, as it is written; None where it says nothing.

    Something that is no plain value, or stands where nothing else could be read, is said as well: as a text that is no
    audience.
    """
    values = [value.strip() for key, value in pairs if key.strip().lower() == "audience"]
    if values:
        return ", ".join(values)[:_LONGEST]
    return "" if _KEY.search(front_matter) else None


def narrowed(audience: Audience, stated: str | None) -> Audience:
    """The audience of a document whose source says the one and whose front matter says the other.

    What is no audience, or is one that nobody can tell to be smaller than the source's, leaves the admins.
    """
    if stated is None:
        return audience
    try:
        wanted = audience_id(stated)
    except ValueError:
        return replace(audience, id=ADMINS)
    if wanted in (EVERYONE, audience.id):
        return audience
    return replace(audience, id=wanted if audience.id == EVERYONE else ADMINS)
