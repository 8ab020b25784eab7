"""Path patterns: `**` any folders, `*` and `?` inside a name; a folder's name stands for all below it, in any case."""

import re
import unicodedata
from dataclasses import dataclass

_KNOWN = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class Patterns:
    """Which paths of a source count: those that match an `include`, or all without any, and no `exclude`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def allow(self, path: str) -> bool:
        """Whether the document at this path (relative, with `/`) is wanted."""
        normal = unicodedata.normalize("NFC", path)
        wanted = not self.include or any(compiled(one).fullmatch(normal) for one in self.include)
        return wanted and not any(compiled(one).fullmatch(normal) for one in self.exclude)


EVERYTHING = Patterns()


def compiled(glob: str) -> re.Pattern[str]:
    """The pattern as an expression for whole paths."""
    pieces = re.split(r"(\*\*/?|\*|\?)", unicodedata.normalize("NFC", glob.removeprefix("./").strip("/")))
    regex = "".join(_KNOWN.get(piece, re.escape(piece)) for piece in pieces)
    return re.compile(f"{regex}(?:/.*)?", re.IGNORECASE | re.DOTALL)
