"""Running commands of `frontdesk` in this process as the console script does, and what became of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import write

LEAVE = "How many days of annual leave does every employee have?"
PAY = "What is the salary of grade G5 in Leeds?"
UNKNOWN = "Which planet has the most volcanoes?"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    error: str

    @property
    def json(self) -> Any:
        """What it printed, which must be one JSON object and nothing else."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)


Frontdesk = Callable[..., Done]


def one_sentence(done: Done) -> bool:
    """Whether the error is one line that a person can read, without a stack trace."""
    lines = done.error.strip().splitlines()
    return len(lines) == 1 and lines[0].startswith("Error: ")


def two_files(folder: Path) -> Path:
    """A folder of two short documents."""
    return write(folder / "notes", {"a.md": "# Alpha\n\nAlpha is first.\n", "b.md": "# Beta\n\nBeta is second.\n"})
