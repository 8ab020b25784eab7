"""Answers that can only be quoted: at each step a model may choose among the sentences of its sources, not beyond.

An answer is the refusal, or sentences of sources, each whole and word for word with its source's number behind it,
joined by a blank or a few words. What a small model has to learn is then which sentence; it cannot say anything else.
Everything but `SourcesOnly` is pure.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from retrieval.prompt import REFUSAL, SOURCES_BEGIN, Message
from retrieval.sentences import sentences

CONNECTING = (" ", "\n\n", " Also: ", " Besides, it says: ")
MOST_STATEMENTS = 3
_SHORTEST = 12  # characters of a sentence that can answer anything
_BLOCK = re.compile(r"\n\n\[(\d+)\] [^\n]*\n")
_NEVER = float("-inf")

Encode = Callable[[str], Sequence[int]]
Unfit = Callable[[str], bool]  # whether a sentence is never quoted


def nothing_unfit(_: str) -> bool:
    """Every sentence may be quoted."""
    return False


@dataclass(slots=True)
class _Node:
    """A place after some tokens; `ways` are the statements that go through it, `ends` those that end here."""

    after: dict[int, "_Node"] = field(default_factory=dict)
    ways: set[int] = field(default_factory=set)
    ends: set[int] = field(default_factory=set)

    def add(self, tokens: Sequence[int], way: int) -> None:
        """Let this statement be said from here."""
        node = self
        node.ways.add(way)
        for token in tokens:
            node = node.after.setdefault(token, _Node())
            node.ways.add(way)
        node.ends.add(way)


@dataclass(frozen=True, slots=True)
class _State:
    """Inside a statement; `said` are those before it."""

    node: _Node
    said: frozenset[int]

    @property
    def may_end(self) -> bool:
        """Whether a statement that was not said before ends here."""
        return bool(self.node.ends - self.said)


class Sayable:
    """All answers that one prompt permits, as tokens."""

    def __init__(self, statements: Sequence[str], refusal: str, end: int, encode: Encode) -> None:
        self._end = end
        self._first, self._further = _Node(), _Node()
        for way, statement in enumerate(statements):
            self._first.add(encode(statement), way)
            for words in CONNECTING:
                self._further.add(encode(words + statement), way)
        self._refusal = len(statements)
        self._first.add(encode(refusal), self._refusal)

    def allowed(self, said: Sequence[int]) -> frozenset[int]:
        """The tokens that may follow; only the end when nothing may, or when this was never allowed."""
        states = [_State(self._first, frozenset())]
        for token in said:
            states = [
                _State(state.node.after[token], state.said)
                for state in self._opened(states)
                if token in state.node.after
            ]
        found = {
            token
            for state in self._opened(states)
            for token, node in state.node.after.items()
            if node.ways - state.said
        }
        if any(state.may_end for state in states) or not found:
            found.add(self._end)
        return frozenset(found)

    def _opened(self, states: Iterable[_State]) -> list[_State]:
        """The same, and where a statement ends, the beginnings of a further one."""
        opened = list(states)
        for state in list(opened):
            for way in state.node.ends - state.said - {self._refusal}:
                said = state.said | {way}
                if len(said) < MOST_STATEMENTS:
                    opened.append(_State(self._further, said))
        return opened


def sayable(conversation: Sequence[Message], end: int, encode: Encode, unfit: Unfit = nothing_unfit) -> Sayable:
    """What may be answered to a prompt of ours."""
    found = [
        f"{sentence.text} [{number}]"
        for number, text in numbered(conversation)
        for sentence in sentences(text)
        if len(sentence.text) > _SHORTEST and not sentence.text.endswith("?") and not unfit(sentence.text)
    ]
    return Sayable(list(dict.fromkeys(found)), REFUSAL, end, encode)


def numbered(conversation: Sequence[Message]) -> list[tuple[int, str]]:
    """The sources of a prompt, read back from its message. A number counts only when it follows the one before."""
    held = next((one.text for one in conversation if one.role == "user" and one.text.startswith(SOURCES_BEGIN)), "")
    marks: list[re.Match[str]] = []
    for mark in _BLOCK.finditer(held):
        if int(mark[1]) == len(marks) + 1:
            marks.append(mark)
    ends = [*(mark.start() for mark in marks[1:]), len(held)]
    return [(int(mark[1]), held[mark.end() : end]) for mark, end in zip(marks, ends, strict=bool(marks))]


class SourcesOnly:
    """A logits processor of transformers: one automaton for each row of the batch, all prompts `prompt` tokens long."""

    def __init__(self, rows: Sequence[Sayable], prompt: int) -> None:
        self._rows, self._prompt = rows, prompt

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Scores (rows, vocabulary) with everything else impossible."""
        import torch

        kept = torch.full_like(scores, _NEVER)
        for row, may in enumerate(self._rows):
            tokens = sorted(may.allowed(input_ids[row, self._prompt :].tolist()))
            kept[row, tokens] = scores[row, tokens]
        return kept
