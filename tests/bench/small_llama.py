"""How often a Llama picks the right sentence, with and without being held to quotes of its sources.

    python -m tests.bench.small_llama MODEL DATA_SET [--most N]

`frontdesk finetune judge MODEL quoting --data DATA_SET` compares with the quoting answerer on the same questions.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from app.finetune.example import TEST, Example, read_examples
from app.llm.constrained import SourcesOnly, numbered, sayable
from app.llm.local import load_llama
from app.llm.template import ChatTemplate
from app.quiet import share_processors, switch_off_telemetry
from retrieval.prompt import REFUSAL
from retrieval.sentences import sentences

_LONGEST = 96  # tokens of an answer


def main() -> None:
    """Print a row for each way of decoding."""
    switch_off_telemetry()
    share_processors()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--most", type=int, default=200)
    asked = parser.parse_args()
    chat: Any = load_llama(asked.model, "cpu", 0, _LONGEST).chat
    examples = list(islice(read_examples(asked.data / TEST), asked.most))
    fitting = [one for one in examples if chat.template.count(one.messages) + _LONGEST <= chat.template.window]
    chances = [1 / quotable(one) for one in fitting if one.supports]
    sys.stdout.write(
        f"{len(fitting)} of {len(examples)} questions fit the window; a sentence taken by chance is right "
        f"{sum(chances) / max(1, len(chances)):.3f} of the time\n"
    )
    for name, held in (("free", False), ("held to quotes", True)):
        said = [(one, answer(chat.model, chat.template, one, held=held)) for one in fitting]
        shown = ", ".join(f"{what} {share:.3f}" for what, share in shares(said))
        sys.stdout.write(f"{name}: {shown}\n")


def answer(model: Any, template: ChatTemplate, example: Example, *, held: bool) -> str:
    """What the model says, greedily."""
    import torch

    tokenizer = template.tokenizer
    ids = template.token_ids(example.messages)
    may = sayable(
        example.messages,
        tokenizer.eos_token_id,
        lambda text: tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"],
    )
    tokens = torch.tensor([ids])
    said = model.generate(
        tokens,
        attention_mask=torch.ones_like(tokens),
        max_new_tokens=_LONGEST,
        do_sample=False,
        logits_processor=[SourcesOnly([may], len(ids))] if held else None,
    )
    return str(tokenizer.decode(said[0, len(ids) :], skip_special_tokens=True)).strip()


def shares(said: Iterable[tuple[Example, str]]) -> list[tuple[str, float]]:
    """Of answerable questions: right sentence and number, sentence alone, refused; of the others: refused."""
    pairs = list(said)
    answerable = [pair for pair in pairs if pair[0].supports]
    others = [pair for pair in pairs if not pair[0].supports]
    return [
        ("sentence and number", share(answerable, lambda one, text: text.startswith(one.answer))),
        ("sentence", share(answerable, lambda one, text: text.startswith(one.answer.rpartition(" [")[0]))),
        ("wrongly refused", share(answerable, lambda _, text: text == REFUSAL)),
        ("rightly refused", share(others, lambda _, text: text == REFUSAL)),
    ]


def quotable(example: Example) -> int:
    """How many sentences there are to choose from."""
    return max(1, sum(len(sentences(text)) for _, text in numbered(example.messages)))


def share(pairs: list[tuple[Example, str]], holds: Callable[[Example, str], bool]) -> float:
    """For how many it holds."""
    return sum(holds(*pair) for pair in pairs) / len(pairs) if pairs else 0.0


if __name__ == "__main__":
    main()
