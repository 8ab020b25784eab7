from dataclasses import replace

import pytest

from app.finetune.usefulness import refuse_useless
from retrieval.errors import Unusable
from retrieval.prompt import REFUSAL, Message
from tests.app.finetune.test_example import LEAVE

MANY = [replace(LEAVE, messages=(Message("user", f"Question {n}?"),), answer=f"Answer {n}. [1]") for n in range(9)]


def test_different_questions_with_different_answers_are_useful() -> None:
    refuse_useless(MANY)


@pytest.mark.parametrize(
    ("examples", "reason"),
    [
        ([], "at least 8 examples, and there are 0"),
        ([LEAVE], "at least 8 examples, and there are 1"),
        ([LEAVE] * 9, "All 9 examples ask the same question"),
        ([replace(one, answer="Yes. [1]") for one in MANY], "The answer of all 9 examples is the same"),
        (
            [replace(one, kind="refusal", answer=REFUSAL, supports=()) for one in MANY],
            "The answer of all 9 examples is a refusal",
        ),
    ],
)
def test_a_useless_set_is_refused_with_the_reason(examples: list[object], reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        refuse_useless(examples)  # type: ignore[arg-type]
