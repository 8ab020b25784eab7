"""Judging: both contestants are asked every held-out question, one after the other, and the files of it are written."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from app.bootstrap import Home
from app.finetune.example import TEST, Example, read_examples
from app.judging.contestant import contestant, serving
from app.judging.trial import Step, Trial, trial
from app.judging.verdict import Occasion, Verdict, judged, write_verdict
from app.registry.prompt_record import present_prompt
from retrieval.errors import Unusable

ANSWERS = "answers.jsonl"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be judged. Without `old`: against what answers now. `most` questions at most, 0 for all of them."""

    new: str
    old: str
    data: Path
    most: int = 0
    closed_book: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and where it was written, with all answers."""

    verdict: Verdict
    new: Trial
    old: Trial
    folder: Path


def judge(home: Home, task: Task, out: Path | None, step: Step) -> Judgement:
    """Judge one against the other; the files lie in `out`, else among the home's verdicts.

    Raises:
        Unusable: there are no questions, or one of the two cannot be used or answers nothing.
    """
    examples = held_out(task)
    one = contestant(task.new, home, step)
    other = contestant(task.old or serving(home), home, step)
    if one.digest == other.digest:
        raise Unusable(f"{one.name} and {other.name} are the same model: there is nothing to compare")
    trials = [trial(each, home, examples, step, closed_book=task.closed_book) for each in (one, other)]
    now = datetime.now(UTC)
    occasion = Occasion(now.isoformat(timespec="seconds"), _digest(task.data / TEST), present_prompt().digest)
    verdict = judged(trials[0], trials[1], occasion)
    folder = out or verdicts_of(home.settings.home) / f"{now:%Y%m%d-%H%M%S}-{one.digest[:8]}"
    _write(folder, verdict, *trials)
    return Judgement(verdict, trials[0], trials[1], folder)


def verdicts_of(home: Path) -> Path:
    """Where a home keeps its verdicts."""
    return home / "models" / "verdicts"


def held_out(task: Task) -> list[Example]:
    """The questions that no training has seen.

    Raises:
        Unusable: there are none, or a line is broken.
    """
    if not task.data.is_dir():
        raise Unusable(f"{task.data} is no data set's folder. Make one with: frontdesk finetune data --to {task.data}")
    found = list(islice(read_examples(task.data / TEST), task.most or None))
    if not found:
        raise Unusable(f"{task.data / TEST} holds no question to judge with")
    return found


def _write(folder: Path, verdict: Verdict, new: Trial, old: Trial) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ANSWERS).open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(new, old))
        write_verdict(folder, verdict)
    except OSError as exc:
        raise Unusable(f"{folder} cannot be written: {exc.strerror}") from exc


def _rows(new: Trial, old: Trial) -> Iterator[dict[str, Any]]:
    for mine, theirs in zip(new.tried, old.tried, strict=True):
        example = mine.example
        row = {"id": example.id, "kind": example.kind, "question": example.question, "wanted": example.answer}
        for side, one in (("new", mine), ("old", theirs)):
            told = {name: value for name, value in asdict(one).items() if name != "example"}
            row |= {side: told}  # type: ignore[dict-item]
        yield row


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
