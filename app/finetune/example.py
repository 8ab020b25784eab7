"""One example for training: a prompt exactly as at run time, and the answer wanted. A line of JSON each."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.errors import Unusable
from retrieval.prompt import Message

TRAIN, TEST, FACTS, CARD = "train.jsonl", "test.jsonl", "data.json", "README.md"  # the files of a data set's folder
KINDS = ("answer", "refusal", "follow-up")
ORIGINS = ("verified", "liked", "file", "template", "teacher")
ROLES = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A numbered source as it stands in the prompt."""

    number: int
    uri: str
    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt up to and including the question, and the answer in the run-time form: cited, or the fixed refusal.

    `supports` are the numbers of the passages that the answer rests on; a refusal has none.
    """

    id: str
    kind: str
    messages: tuple[Message, ...]
    answer: str
    passages: tuple[SourceText, ...]
    supports: tuple[int, ...]
    origin: str

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, KINDS)
        _one_of("origin", self.origin, ORIGINS)
        for message in self.messages:
            _one_of("role", message.role, ROLES)
        if not self.messages or self.messages[-1].role != "user":
            raise ValueError("messages must end with the question of the user")
        if not self.answer.strip():
            raise ValueError("answer is empty")
        missing = set(self.supports) - {passage.number for passage in self.passages}
        if missing:
            raise ValueError(f"supports names {sorted(missing)}, which is no number among the passages")

    @property
    def question(self) -> str:
        """What is asked."""
        return self.messages[-1].text


def read_examples(file: Path) -> Iterator[Example]:
    """The examples of a JSONL file, in order, one at a time.

    Raises:
        Unusable: the file cannot be read, or a line is no example; the line and what was expected are told.
    """
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _example(line, f"{file}, line {number}")
    except (OSError, UnicodeDecodeError) as exc:
        raise Unusable(f"{file} cannot be read as a data set: {exc}") from exc


def write_examples(file: Path, examples: Iterable[Example]) -> None:
    """Write a JSONL file, one line for each example."""
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        lines.writelines(to_line(example) + "\n" for example in examples)


def to_line(example: Example) -> str:
    """The example as one line of JSON."""
    said = [{"role": message.role, "content": message.text} for message in example.messages]
    row = {field.name: getattr(example, field.name) for field in fields(example)}
    row |= {"messages": said, "passages": [asdict(passage) for passage in example.passages]}
    return json.dumps(row, ensure_ascii=False)


def _example(line: str, place: str) -> Example:
    try:
        row = json.loads(line)
    except ValueError as exc:
        raise Unusable(f"{place}: one JSON object was expected ({exc})") from exc
    try:
        return Example(
            _text(row, "id"),
            _text(row, "kind"),
            tuple(Message(_text(said, "role"), _text(said, "content")) for said in _rows(row, "messages")),
            _text(row, "answer"),
            tuple(_source(passage) for passage in _rows(row, "passages")),
            tuple(_number(number, "supports") for number in _rows(row, "supports")),
            _text(row, "origin"),
        )
    except (TypeError, ValueError) as exc:
        raise Unusable(f"{place}: {exc}") from exc


def _source(row: Any) -> SourceText:
    number = _number(row.get("number") if isinstance(row, dict) else None, "number of a passage")
    return SourceText(number, *(_text(row, name) for name in ("uri", "title", "heading", "text")))


def _text(row: Any, name: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    if not isinstance(value, str):
        raise TypeError(f"a text {name!r} was expected, not {value!r}")
    return value


def _rows(row: Any, name: str) -> list[Any]:
    value = row.get(name) if isinstance(row, dict) else None
    if not isinstance(value, list):
        raise TypeError(f"a list {name!r} was expected, not {value!r}")
    return value


def _number(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}: a whole number was expected, not {value!r}")
    return value


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} is {value!r}; known are: {', '.join(known)}")
