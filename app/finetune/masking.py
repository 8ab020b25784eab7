"""Personal data out of examples: words become the same mark in prompt and answer, so that quotes stay verbatim.

Pure. Keys, accounts, cards and ids are hidden by `hide`; people are known by name and address.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from app.finetune.example import Example

NAME, ADDRESS = "[hidden: name]", "[hidden: e-mail address]"
_SHORTEST_PART = 3  # letters of a first or last name that is hidden alone


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whose name and address must not be learned."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """How somebody is recognised: by the address, the whole name, and where that stands by its parts."""

    address: re.Pattern[str] | None
    whole: re.Pattern[str]
    parts: re.Pattern[str] | None


class Masking:
    """Hides what belongs to persons; counts the examples that it changed."""

    def __init__(self, people: Iterable[Somebody], hide: Callable[[str], str]) -> None:
        self._people = [_known(one) for one in people if one.name.strip()]
        self._hide = hide

    def masked(self, example: Example) -> Example:
        """The example without personal data."""
        texts = [message.text for message in example.messages] + [example.answer]
        everything = "\n".join([*texts, *(f"{one.title}\n{one.heading}\n{one.text}" for one in example.passages)])
        present = [one for one in self._people if _is_in(one, everything)]

        def clean(text: str) -> str:
            return self._hide(_without(text, present))

        return replace(
            example,
            messages=tuple(replace(message, text=clean(message.text)) for message in example.messages),
            answer=clean(example.answer),
            passages=tuple(
                replace(one, title=clean(one.title), heading=clean(one.heading), text=clean(one.text))
                for one in example.passages
            ),
        )


def _known(somebody: Somebody) -> _Known:
    names = somebody.name.split()
    address = re.compile(re.escape(somebody.address), re.IGNORECASE) if somebody.address else None
    orders = [r"\s+".join(map(re.escape, names))]
    if len(names) > 1:
        orders.append(re.escape(names[-1]) + r",\s*" + r"\s+".join(map(re.escape, names[:-1])))
    parts = [re.escape(name) for name in names if len(name) >= _SHORTEST_PART]
    alone = re.compile(rf"\b(?:{'|'.join(parts)})\b") if parts and len(names) > 1 else None
    return _Known(address, re.compile(rf"\b(?:{'|'.join(orders)})\b", re.IGNORECASE), alone)


def _is_in(one: _Known, text: str) -> bool:
    return bool(one.whole.search(text) or (one.address and one.address.search(text)))


def _without(text: str, present: Sequence[_Known]) -> str:
    """First all addresses and whole names, then parts: a part may belong to somebody else's whole name."""
    for one in present:
        text = one.address.sub(ADDRESS, text) if one.address else text
        text = one.whole.sub(NAME, text)
    for one in present:
        text = one.parts.sub(NAME, text) if one.parts else text
    return text
