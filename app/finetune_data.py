"""Putting the parts of a data set together: the home's search, its people, the tokens to count in, and the files."""

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app import people
from app.bootstrap import Home
from app.desk import Desk
from app.finetune import liked
from app.finetune.assembly import Assembly, Case, Uncounted
from app.finetune.card import card, facts
from app.finetune.citing import resting
from app.finetune.dataset import Builder, Dataset, Recipe, Step
from app.finetune.example import CARD, FACTS, TEST, TRAIN, write_examples
from app.finetune.masking import Masking, Somebody
from app.finetune.permission import Permission
from app.finetune.questions_file import read_questions
from app.finetune.teacher import Teacher
from app.finetune.usefulness import refuse_useless
from app.llm.template import ChatTemplate, load_tokenizer
from app.verified_answers import APPROVED, reviewed
from ingest.sensitive import hidden
from retrieval.budget import TokenCounter
from retrieval.chunk import Chunk
from retrieval.errors import Unusable
from retrieval.ledger import lookup
from retrieval.ledger.runs import listed_sources

_SPEAKER = re.compile(r"^(.{2,60}?) \(\d{4}-\d\d-\d\d\):", re.MULTILINE)
_STATED_WINDOW = "max_position_embeddings"


@dataclass(frozen=True, slots=True)
class Counting:
    """Whose tokens fit the prompts into which window; without a folder nothing is counted or left out."""

    folder: Path | None = None
    window: int = 0

    @property
    def counter(self) -> TokenCounter:
        """The counter.

        Raises:
            Unusable: the folder holds no tokenizer, or nobody says how large the window is.
        """
        if self.folder is None:
            return Uncounted()
        window = self.window or _stated_window(self.folder)
        if not window:
            raise Unusable(f"{self.folder} does not say how large its window is. Say it with --window")
        return ChatTemplate(load_tokenizer(self.folder), window)


@dataclass(frozen=True, slots=True)
class Teaching:
    """Which server asks questions, too."""

    url: str
    model: str = ""
    key: Path | None = None
    per_passage: int = 3

    def teacher(self) -> Teacher:
        """Connected.

        Raises:
            ModelUnavailable: the server cannot be reached.
            Unusable: it has no such model, or the key cannot be read.
        """
        from app.llm.remote import RemoteModel, connect

        try:
            key = self.key.read_text(encoding="utf-8").strip() if self.key else "none"
        except (OSError, UnicodeDecodeError) as exc:
            raise Unusable(f"{self.key} cannot be read. A file with the teacher's key was expected") from exc
        return Teacher(connect(RemoteModel(self.url, self.model, SecretStr(key), "", 0, 1024)), self.per_passage)


@dataclass(frozen=True, slots=True)
class Making:
    """What a set is made of beside the documents, and how its prompts are counted."""

    questions: Path | None = None
    counting: Counting = field(default_factory=Counting)
    teaching: Teaching | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A set, and what is told of it in data.json and to people."""

    dataset: Dataset
    facts: dict[str, Any]
    slack: tuple[str, ...]


def build(home: Home, allowed: Permission, recipe: Recipe, making: Making, step: Step = lambda *_: None) -> Made:
    """Build a set that something can be learned from.

    Raises:
        Unusable: nothing can be learned from what was found.
    """
    written = [*_verified(home, allowed), *liked.cases(home.engine, allowed), *_asked(making.questions, allowed)]
    chunks = _chunks(home, allowed)
    counter = making.counting.counter
    assembly = Assembly(_desk(home), allowed.scope, counter, min(home.settings.answer_tokens, counter.window // 2))
    masking = Masking(_people(home, allowed, chunks), lambda text: hidden(text)[0])
    teacher = making.teaching.teacher() if making.teaching else None
    dataset = Builder(recipe, allowed, chunks, assembly, masking, step, teacher).build(written)
    refuse_useless(dataset.train)
    folder = making.counting.folder
    counted = f"{folder.name}, window {counter.window}" if folder else "nothing"
    found = facts(dataset, recipe, allowed.documents, counted)
    if teacher:
        found["teacher"] = {"asked": teacher.said, "kept": teacher.kept}
    return Made(dataset, found, tuple(_slack_sources(home, allowed)))


def write(out: Path, made: Made) -> None:
    """Each file is written beside its place first; data.json, which vouches for the others, comes last.

    Raises:
        Unusable: the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out) as beside:
            write_examples(Path(beside) / TRAIN, made.dataset.train)
            write_examples(Path(beside) / TEST, made.dataset.test)
            (Path(beside) / CARD).write_text(card(made.facts, made.slack), encoding="utf-8")
            stated = json.dumps(made.facts, indent=1, ensure_ascii=False) + "\n"
            (Path(beside) / FACTS).write_text(stated, encoding="utf-8")
            (out / FACTS).unlink(missing_ok=True)
            for name in (TRAIN, TEST, CARD, FACTS):
                (Path(beside) / name).replace(out / name)
    except OSError as exc:
        raise Unusable(f"The data set cannot be written to {out}: {exc.strerror or exc}") from exc


def _desk(home: Home) -> Desk:
    """The desk's way of understanding a question; no model is loaded for it."""
    return Desk(home.engine, home.retriever, {}, home.conversations, home.settings.evidence, home.settings.contact)


def _chunks(home: Home, allowed: Permission) -> list[Chunk]:
    found = lookup.texts(home.engine, lookup.alive_ids(home.engine))
    return sorted((chunk for _, chunk in found.values() if chunk.uri in allowed.documents), key=lambda one: one.uri)


def _verified(home: Home, allowed: Permission) -> Iterator[Case]:
    """Approved answers that stand; each inherits what may be done with its sources."""
    for one, stands in reviewed(home.engine):
        if stands == APPROVED and one.audience in allowed.scope and allowed.allows(one.sources):
            yield Case(one.question, "verified", resting(one.answer, one.sources), one.sources, form="verified")


def _asked(file: Path | None, allowed: Permission) -> Iterator[Case]:
    for number, one in enumerate(read_questions(file) if file else (), start=1):
        unknown = [uri for uri in one.sources if uri not in allowed.documents]
        if unknown:
            raise Unusable(f"{file}, question {number}: {unknown[0]} is no document that may be learned from here")
        yield one.case


def _people(home: Home, allowed: Permission, chunks: list[Chunk]) -> list[Somebody]:
    """Everybody who is known, and who speaks in Slack."""
    known = [Somebody(name, address) for address, name in people.names(home.engine).items()]
    in_slack = {one.name for one in listed_sources(home.engine) if one.kind.startswith("slack")}
    said = [chunk.text for chunk in chunks if allowed.documents[chunk.uri].source in in_slack]
    speakers = sorted({name for text in said for name in _SPEAKER.findall(text)} - {one.name for one in known})
    return known + [Somebody(name) for name in speakers]


def _slack_sources(home: Home, allowed: Permission) -> list[str]:
    used = {entry.source for entry in allowed.documents.values()}
    return [one.name for one in listed_sources(home.engine) if one.kind.startswith("slack") and one.name in used]


def _stated_window(folder: Path) -> int:
    try:
        stated = json.loads((folder / "config.json").read_text(encoding="utf-8")).get(_STATED_WINDOW, 0)
    except (OSError, ValueError, AttributeError):
        return 0
    return stated if isinstance(stated, int) else 0
