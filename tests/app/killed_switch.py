"""A change of the embedder killed at one step after another, each time in a process of its own.

    python -m tests.app.killed_switch HOME COPIES

Copies HOME to COPIES/1, COPIES/2, ... and switches each to another embedder. The n-th copy's process dies, without any
clean-up, at its n-th step: an embedding batch, before and after, a ledger transaction, or when it says how far it is.
Prints the number of copies; in the last one nothing was left to die at. Started by test_embedder_switch.py.
"""

import os
import shutil
import sys
from pathlib import Path

from sqlalchemy import event

from app import embedder_switch
from app.bootstrap import Home
from app.settings import Settings
from tests.ingest.killed import MortalEmbedder, Steps
from tests.word_embedder import WordEmbedder


class OtherWords(WordEmbedder):
    """Another embedder, of other dimensions."""

    id = "words@2"
    dim = 256


class MortalWords(MortalEmbedder, OtherWords):
    """Dies before or after it embeds."""


def switch(place: Path, steps: Steps) -> None:
    """Give one home its other embedder, mortally."""
    home = Home(Settings(home=place))
    home.__dict__["embedder"] = MortalWords(steps)
    event.listen(home.engine, "commit", steps.step)

    def watch(doing: str, done: int, total: int) -> None:
        steps.step()

    embedder_switch.switch(home, watch)


def main(home: Path, copies: Path) -> int:
    """Kill at every step; the number of copies."""
    number = 0
    killed = True
    while killed:
        number += 1
        copy = shutil.copytree(home, copies / str(number))
        child = os.fork()  # quicker than a fresh process, and safe: nothing here has started a thread
        if not child:
            switch(copy, Steps(number))
            os._exit(0)
        killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    return number


if __name__ == "__main__":
    sys.stdout.write(str(main(Path(sys.argv[1]), Path(sys.argv[2]))))
