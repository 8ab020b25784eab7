"""From a data set to samples: run-time prompts, only the answers learned; what cannot teach is refused."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.finetune.example import TRAIN, Example, read_examples
from app.finetune.samples import NOT_LEARNED, Sample
from app.llm.template import ChatTemplate
from retrieval.errors import Unusable
from retrieval.prompt import Message

FEWEST = 2
_EVALUATED = 0.1  # of the training examples are kept to notice when learning turns into memorising
_MOST_EVALUATED = 200


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Samples to learn from, samples to notice with when to stop, and how many did not fit the window."""

    learned: tuple[Sample, ...]
    evaluated: tuple[Sample, ...]
    too_long: int

    @property
    def longest(self) -> int:
        """Tokens of the longest sample."""
        return max(len(sample.tokens) for sample in (*self.learned, *self.evaluated))


def training_file(data: Path) -> Path:
    """The file that is trained on; the held-out test.jsonl beside it is never opened."""
    file = data / TRAIN if data.is_dir() else data
    if not file.is_file():
        raise Unusable(
            f"{data} is no data set: a folder with {TRAIN}, as `frontdesk finetune data` writes it, was expected"
        )
    return file


def training_data(file: Path, template: ChatTemplate, ends: Collection[int], length: int, seed: int) -> TrainingData:
    """Read, refuse, render, split. `ends` are the tokens that end an answer, `length` the most tokens of a sample.

    Raises:
        Unusable: too few examples, all the same, or none fits.
    """
    examples = list(read_examples(file))
    refuse_unteachable(examples)
    rendered = [answer_sample(template, one.messages, one.answer, ends) for one in examples]
    fitting = [sample for sample in rendered if len(sample.tokens) <= length]
    if len(fitting) < FEWEST:
        shortest = min(len(sample.tokens) for sample in rendered)
        raise Unusable(f"No two examples fit {length} tokens; the shortest takes {shortest}. Raise --length")
    Random(seed).shuffle(fitting)  # noqa: S311 - it only shuffles
    kept = min(_MOST_EVALUATED, max(1, int(_EVALUATED * len(fitting))))
    return TrainingData(tuple(fitting[kept:]), tuple(fitting[:kept]), len(rendered) - len(fitting))


def refuse_unteachable(examples: Sequence[Example]) -> None:
    """Raise Unusable for examples from which a model can only learn one answer by heart."""
    if len(examples) < FEWEST:
        raise Unusable(
            f"The data set has {_counted(len(examples))}: a model would learn it by heart and nothing else. "
            "Some hundred are a beginning; `frontdesk finetune data` makes them from documents"
        )
    if len({(one.question, one.answer) for one in examples}) == 1:
        raise Unusable(f"All {len(examples)} examples are the same: a model would give that one answer to everything")
    if len({one.answer for one in examples}) == 1:
        raise Unusable(
            f"All {len(examples)} examples have the same answer: a model would give it to every question. "
            "Answers and refusals are needed"
        )


def answer_sample(template: ChatTemplate, prompt: Sequence[Message], answer: str, ends: Collection[int]) -> Sample:
    """The prompt as the run time sends it, not learned, then the answer up to the token that ends it."""
    asked = template.token_ids(prompt)
    said = _answer_tokens(template, prompt, asked, answer, ends)
    return Sample((*asked, *said), (*([NOT_LEARNED] * len(asked)), *said))


def _answer_tokens(
    template: ChatTemplate, prompt: Sequence[Message], asked: list[int], answer: str, ends: Collection[int]
) -> list[int]:
    """As the template writes it behind the prompt; encoded alone where the prompt would differ then."""
    whole = template.token_ids([*prompt, Message("assistant", answer)])
    if whole[: len(asked)] == asked:
        said = whole[len(asked) :]
        end = next((place for place, token in enumerate(said) if token in ends), None)
        if end is not None:
            return said[: end + 1]
    tokenizer = template.tokenizer
    return [*tokenizer(answer, add_special_tokens=False)["input_ids"], int(tokenizer.eos_token_id)]


def _counted(number: int) -> str:
    return f"only {number} example" if number == 1 else f"{number} examples"
