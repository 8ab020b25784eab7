"""Whether anything can be learned from a set of examples; says why not."""

from collections.abc import Iterable

from app.finetune.example import Example
from retrieval.errors import Unusable

FEWEST = 8


def refuse_useless(examples: Iterable[Example]) -> None:
    """Let a set pass that a model can learn from.

    Raises:
        Unusable: it is too small, always the same, or has nothing but refusals or no source.
    """
    found = list(examples)
    if len(found) < FEWEST:
        raise Unusable(
            f"Training needs at least {FEWEST} examples, and there are {len(found)}. Add documents or questions"
        )
    if len({example.question for example in found}) == 1:
        raise Unusable(
            f"All {len(found)} examples ask the same question, so that there is nothing to learn but that one"
        )
    if len({example.answer for example in found}) == 1:
        what = "a refusal" if found[0].kind == "refusal" else "the same"
        raise Unusable(f"The answer of all {len(found)} examples is {what}; a model would learn to say only that")
