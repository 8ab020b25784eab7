"""What Word prints before an item of a list: a bullet, or a number made of the counts of its level and those above."""

import re
from collections import defaultdict
from dataclasses import dataclass

from ingest.archive import Element

_BULLET = "- "
_LEVELS = 9
_COUNTED = {"decimal", "decimalZero", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"}
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    template: str
    start: int


class Numbering:
    """Counts the items of a document's lists from its beginning to its end."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, tuple[str, list[_Level]]] = {}
        self._counts: dict[str, list[int | None]] = defaultdict(lambda: [None] * _LEVELS)
        if root is None:
            return
        kinds = {
            one.get("abstractNumId"): [_level(level) for level in one.iter("lvl")] for one in root.iter("abstractNum")
        }
        for one in root.iter("num"):
            kind = one.find("abstractNumId")
            if kind is not None and kind.get("val") in kinds:
                restarts = one.find("lvlOverride") is not None
                counted_as = f"num {one.get('numId')}" if restarts else kind.get("val")
                self._lists[one.get("numId")] = (counted_as, kinds[kind.get("val")])

    def marker(self, list_id: str, level: int) -> str:
        """What stands before the next item of this list; a bullet where the list is unknown."""
        counted_as, levels = self._lists.get(list_id, ("", []))
        if level >= min(len(levels), _LEVELS) or levels[level].format not in _COUNTED:
            return _BULLET
        counts = self._counts[counted_as]
        before = counts[level]
        counts[level] = levels[level].start if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)

        def number(match: re.Match[str]) -> str:
            place = int(match.group(1)) - 1
            if place >= len(levels):
                return ""
            count = counts[place]
            return written(levels[place].start if count is None else count, levels[place].format)

        text = re.sub(r"%([1-9])", number, levels[level].template).strip()
        return f"{text} " if text else _BULLET


def _level(level: Element) -> _Level:
    values = {child.tag: child.get("val") or "" for child in level}
    start = values.get("start", "")
    return _Level(values.get("numFmt", "decimal"), values.get("lvlText", ""), int(start) if start.isdecimal() else 1)


def written(count: int, kind: str) -> str:
    """A count as digits, letters or a Roman number, by Word's name for that."""
    if kind.endswith("Letter"):
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if 0 < count < 1000 else str(count)
    elif kind.endswith("Roman") and 0 < count < 400:
        text = ""
        for value, letters in _ROMAN:
            text += letters * (count // value)
            count %= value
    else:
        text = str(count)
    return text.upper() if kind.startswith("upper") else text
