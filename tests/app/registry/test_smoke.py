"""The test question that a model has to answer before anybody's."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from app.answerer import Answering, Piece
from app.bootstrap import Home
from app.falling_back import FallingBack
from app.registry.smoke import try_out
from retrieval.budget import TokenUse
from retrieval.errors import ModelUnavailable
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from tests.app.test_desk import Scripted


class Hangs(Scripted):
    """Says nothing until it is let go."""

    released = threading.Event()

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        return Answering(tuple(passages), TokenUse(), self._nothing())

    def _nothing(self) -> Iterator[Piece]:
        self.released.wait(30)
        yield Piece("Late. [1]")


@pytest.mark.parametrize("pieces", [[Piece("Sixteen weeks. [2]")], []], ids=["a cited answer", "a refusal"])
def test_a_cited_answer_and_a_refusal_pass(office: Home, pieces: list[Piece]) -> None:
    try_out(office.desk, office.embedder, Scripted(pieces))


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([Piece("Sixteen weeks.")], "names none of the sources"),
        ([Piece("Sixteen weeks. [7]")], "names none of the sources"),
        ([KeyError("/srv/x")], r"It failed at the test question: Something went wrong. .*\(error \w+ in the log\)"),
        ([ModelUnavailable("The language model gave an empty answer")], "gave an empty answer"),
    ],
)
def test_what_is_wrong_is_told(office: Home, pieces: list[Piece | Exception], expected: str) -> None:
    with pytest.raises(ModelUnavailable, match=expected):
        try_out(office.desk, office.embedder, Scripted(pieces))


def test_one_whose_quotes_had_to_stand_in_does_not_pass(office: Home) -> None:
    broken = FallingBack(Scripted([ModelUnavailable("out of memory")]), Scripted([Piece("Quoted. [1]")]))
    with pytest.raises(ModelUnavailable, match="quotes stood in"):
        try_out(office.desk, office.embedder, broken)


def test_one_that_hangs_is_not_waited_for(office: Home) -> None:
    hangs = Hangs([])
    try:
        with pytest.raises(ModelUnavailable, match="gave no answer to the test question within 0 seconds"):
            try_out(office.desk, office.embedder, hangs, 0.1)
    finally:
        hangs.released.set()


def test_nothing_of_it_is_kept_as_a_conversation(office: Home) -> None:
    before = office.conversations.at("nowhere"), len(office.desk.answerers)
    try_out(office.desk, office.embedder, Scripted([Piece("Yes. [1]")]))
    assert (office.conversations.at("nowhere"), len(office.desk.answerers)) == before
