"""What is done to a document between reading and chunking: hiding, pointing out, leaving out. Pure."""

from dataclasses import dataclass
from typing import Literal

from ingest.boilerplate import without_page_furniture
from ingest.instructions import instructions
from ingest.sensitive import without_sensitive
from retrieval.concern import Concern
from retrieval.document import Document
from retrieval.errors import Quarantined

RECIPE = 1  # changes when the same document would come out otherwise
Sensitive = Literal["mask", "quarantine", "keep"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document as it is stored, and what somebody should look at in it."""

    document: Document
    concerns: tuple[Concern, ...]


def cleaned(document: Document, sensitive: Sensitive) -> Cleaned:
    """Leave out page furniture, deal with keys, accounts and ids as `sensitive` says, point out instructions.

    Raises:
        Quarantined: with kinds and counts, when something sensitive was found and `sensitive` is "quarantine".
    """
    document = without_page_furniture(document)
    concerns = []
    if sensitive != "keep":
        hidden, counts = without_sensitive(document)
        concerns = [Concern(f"hidden {kind}", counts[kind]) for kind in sorted(counts)]
        if concerns and sensitive == "quarantine":
            found = ", ".join(f"{kind} ({counts[kind]})" for kind in sorted(counts))
            raise Quarantined(
                f"it is in quarantine, because it holds {found}; remove that from it, or set FRONTDESK_SENSITIVE=mask "
                "to hide it"
            )
        document = hidden
    spoken = instructions(document)
    return Cleaned(document, (*concerns, spoken) if spoken else tuple(concerns))
