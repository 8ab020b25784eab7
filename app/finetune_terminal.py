"""What the command line draws of finetuning data: warnings, the final table, answers to approve. Decides nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.finetune.card import rows
from app.finetune.liked import LikedTurn


class NoSteps:
    """Draws no progress."""

    def step(self, doing: str, done: int, total: int) -> None:
        """Ignore."""


def warn_of_audiences(audiences: Sequence[str]) -> None:
    """Say who must not talk to the model."""
    named = ", ".join(audiences)
    Console(stderr=True).print(
        f"[yellow]Warning:[/yellow] a model can repeat what it was trained on. Only people who are in {escape(named)} "
        "may talk to one that learns from this."
    )


def show_dataset(folder: Path, found: dict[str, Any]) -> None:
    """What was built, what was left out, and what to do next."""
    out = Console()
    table = Table("", "train", "test", box=SIMPLE_HEAD, pad_edge=False, title="Training data", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, train, test in rows(found["counts"]):
        table.add_row(name, train, test)
    table.add_row("documents", *(str(len(found["documents"][half])) for half in ("train", "test")))
    out.print(table)
    if found["left_out"]:
        left = Table("left out because", "cases", box=SIMPLE_HEAD, pad_edge=False)
        left.columns[1].justify = "right"
        for reason, count in sorted(found["left_out"].items(), key=lambda pair: -pair[1]):
            left.add_row(reason, str(count))
        out.print(left)
    if "teacher" in found:
        asked, kept = found["teacher"]["asked"], found["teacher"]["kept"]
        out.print(f"Of {asked} questions of the teacher {kept} quote their passage word for word.")
    out.print(f"Wrote {folder} (digest {found['digest'][:16]}). README.md there says what is inside.", soft_wrap=True)
    out.print(f"Next: frontdesk finetune train --base LLAMA --data {folder} --out ADAPTER", soft_wrap=True)


def show_liked(turns: Sequence[LikedTurn]) -> None:
    """Helpful answers, and what keeps them out."""
    out = Console()
    if not turns:
        out.print("Nobody has found an answer helpful yet. People say so with the thumb below an answer.")
        return
    table = Table("answer", "question", "says", "training", box=SIMPLE_HEAD)
    table.columns[0].overflow = "fold"  # it is copied into `frontdesk finetune approve`
    for turn in turns:
        state = f"no: {turn.against}" if turn.against else "approved" if turn.approved else "waits for approval"
        table.add_row(*map(escape, (turn.answer_id, turn.question, _short(turn.answer), state)))
    out.print(table)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else flat[:117] + "..."
