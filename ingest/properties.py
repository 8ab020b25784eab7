"""The properties of a file: its title where somebody wrote one, and what its own fields state as facts."""

import re

from ingest.archive import Element
from ingest.facts import stated
from retrieval.document import Facts
from retrieval.plain import folded

# What programs write of their own accord, in the languages in which they are mostly used.
_NO_TITLE = re.compile(
    r"""microsoft\s(?:word|excel|powerpoint)\s-.*
    | .{0,20}\bpower\s?point\b.{0,20}
    | (?:title|titel|titre|t[íi]tulo|titolo|untitled|unbenannt|sans\stitre|template|vorlage)(?:\s*\d+)?
    | (?:word\s)?(?:document|dokument|documento|presentation|präsentation|book|workbook|mappe|classeur)(?:\s*\d+)?
    | .*\.(?:docx?|dotx?|pptx?|potx?|xlsx?|xltx?|odt|ott|rtf|pdf|tmp)
    | [\W\d_]*""",
    re.IGNORECASE | re.VERBOSE,
)


def title_in(root: Element | None) -> str:
    """The title among the file's properties; nothing where a program made it up."""
    found = root.find(".//title") if root is not None else None
    title = folded(found.text or "") if found is not None else ""
    return "" if _NO_TITLE.fullmatch(title) else title


def facts_in(root: Element | None, field: str) -> Facts:
    """Facts from the fields that somebody added to the properties: elements of this name with a name and a text."""
    fields = root.iter(field) if root is not None else ()
    return stated((one.get("name", ""), _value(one)) for one in fields)


def _value(field: Element) -> str:
    """The text; of a time the day, because a fact counts in days."""
    text = folded("".join(field.itertext()))
    return re.sub(r"(?<=^\d{4}-\d\d-\d\d)T.*", "", text)
