"""Conversations in tokens, with the tokens that are to be learned marked; and batches of them."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from retrieval.prompt import Message

if TYPE_CHECKING:
    from torch import Tensor

NOT_LEARNED = -100
"""The label that torch's cross entropy skips."""
ANSWERS = frozenset({"assistant"})
SPOKEN = frozenset({"user", "assistant"})
"""Sources, questions and answers; without the system's fixed sentences."""
_POOL = 16  # batches that are sorted by length together


@dataclass(frozen=True, slots=True)
class Sample:
    """Tokens that a model is trained on, (length,); a label is its token, or NOT_LEARNED."""

    tokens: tuple[int, ...]
    labels: tuple[int, ...]


def talk_sample(tokenizer: Any, turns: Sequence[Message], roles: Set[str] = ANSWERS) -> Sample:
    """A conversation; what the template makes of turns in these roles is to be learned, without an assistant's cue."""
    encoded = tokenizer(_render(tokenizer, turns), add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    tokens, offsets = encoded["input_ids"], encoded["offset_mapping"]
    spans = [
        (len(_render(tokenizer, turns[:index], cue=turn.role in ANSWERS)), len(_render(tokenizer, turns[: index + 1])))
        for index, turn in enumerate(turns)
        if turn.role in roles
    ]
    labels = (
        token if any(begin <= left < end for begin, end in spans) else NOT_LEARNED
        for token, (left, _) in zip(tokens, offsets, strict=True)
    )
    return Sample(tuple(tokens), tuple(labels))


def text_samples(tokenizer: Any, texts: Iterable[str], window: int) -> Iterator[Sample]:
    """Plain texts one behind the other, cut into windows; everything is learned."""
    run: list[int] = []
    for text in texts:
        run += [*tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"], tokenizer.eos_token_id]
    for start in range(0, len(run), window):
        piece = tuple(run[start : start + window])
        if len(piece) > 1:
            yield Sample(piece, piece)


def batches(samples: Sequence[Sample], size: int, random: Random) -> list[list[Sample]]:
    """Batches of similar length, so that little is padding; what comes early stays early."""
    found = []
    for start in range(0, len(samples), _POOL * size):
        pool = sorted(samples[start : start + _POOL * size], key=lambda one: len(one.tokens))
        groups = [pool[at : at + size] for at in range(0, len(pool), size)]
        # Long and short in any order: a run of one length would pull the model to and fro.
        random.shuffle(groups)
        found += groups
    return found


def padded(rows: Sequence[Sequence[int]], filler: int) -> "Tensor":
    """The rows as one tensor (rows, longest), filled on the right."""
    import torch

    width = max(len(row) for row in rows)
    return torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])


def _render(tokenizer: Any, turns: Sequence[Message], *, cue: bool = False) -> str:
    """The conversation as the chat template writes it, with or without the cue for an answer."""
    talk = [{"role": turn.role, "content": turn.text} for turn in turns]
    return str(tokenizer.apply_chat_template(talk, tokenize=False, add_generation_prompt=cue))
