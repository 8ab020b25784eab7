"""Trying a language model out: a sample answer, how fast it comes, and what the machine's memory allows at most."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.grounding import cited
from app.llm.model import LanguageModel, to_langchain
from retrieval.chunk import Chunk
from retrieval.passage import Passage
from retrieval.prompt import Message, messages

_ROUNDS = 5
_COPIED = 1 << 28  # bytes: more than any processor keeps close by
_TEXTS = (
    ("Laptop repair", "A broken machine is replaced within one working day. Call the service desk before noon."),
    ("Parental leave", "Parents stay at home for sixteen weeks after a birth. The form is due two months ahead."),
    ("Travel", "Trains are booked in second class. Hotels cost up to 130 EUR a night, breakfast included."),
)
QUESTION = "How does laptop repair work?"


@dataclass(frozen=True, slots=True)
class Trial:
    """One sample answer: seconds to its first word and to its end, and its length in tokens."""

    answer: str
    first: float
    whole: float
    tokens: int

    @property
    def tokens_per_second(self) -> float:
        """After the first word."""
        return (self.tokens - 1) / max(self.whole - self.first, 1e-9)

    @property
    def cites(self) -> bool:
        """Whether it names the source that it must come from."""
        return 1 in cited(self.answer)


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians of some trials."""

    first: float
    tokens_per_second: float
    rounds: int


def sample() -> list[Message]:
    """A prompt as Frontdesk makes them, with three sources."""
    passages = [
        Passage(number, (Chunk(f"sample-{number}", title, title, (title,), text),), "everyone", "", {})
        for number, (title, text) in enumerate(_TEXTS, start=1)
    ]
    return messages(QUESTION, passages, [])


def tried(model: LanguageModel) -> Trial:
    """Ask once."""
    begun = time.perf_counter()
    answer, first = "", 0.0
    for chunk in model.chat.stream(to_langchain(sample())):
        text = str(chunk.text)
        if text and not first:
            first = time.perf_counter() - begun
        answer += text
    whole = time.perf_counter() - begun
    return Trial(answer.strip(), first or whole, whole, _tokens(model, answer))


def speed(model: LanguageModel, watch: Callable[[int, int], None]) -> Speed:
    """Ask once to warm up, then some times."""
    trials: list[Trial] = []
    for number in range(_ROUNDS + 1):
        trial = tried(model)
        if number:
            trials.append(trial)
        watch(number + 1, _ROUNDS + 1)
    return Speed(_median([one.first for one in trials]), _median([one.tokens_per_second for one in trials]), _ROUNDS)


def bandwidth(device: str) -> float:
    """Bytes a second that this machine's memory gives and takes, by copying."""
    import torch

    source = torch.ones(_COPIED // 4, dtype=torch.float32, device=device)
    target = torch.empty_like(source)
    took = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        target.copy_(source)
        if device == "cuda":
            torch.cuda.synchronize()
        took.append(time.perf_counter() - begun)
    return 2 * _COPIED / min(took)


def _tokens(model: LanguageModel, answer: str) -> int:
    alone = [Message("user", QUESTION)]
    said = [*alone, Message("assistant", answer.strip())]
    return max(1, model.counter.count(said) - model.counter.count([*alone, Message("assistant", "")]))


def _median(values: Sequence[float]) -> float:
    return statistics.median(values)
