"""Held-out questions for tests of judging: two that one source answers, one that none does."""

from pathlib import Path

from app.finetune.example import Example, SourceText, write_examples
from retrieval import prompt
from retrieval.rewrite import Turn
from tests.passages import passage

LAPTOP = "A broken machine is replaced within one working day."
LEAVE = "Parents stay at home for sixteen weeks after a birth."
PLANET = "Which planet has the most volcanoes?"


def example(question: str, answer: str, supports: tuple[int, ...], turns: tuple[Turn, ...] = ()) -> Example:
    """Over a source about laptops and one about leave."""
    passages = [passage(1, LAPTOP, title="Laptop repair"), passage(2, LEAVE, title="Parental leave")]
    said = tuple(prompt.messages(question, passages, turns))
    sources = tuple(SourceText(one.number, one.uri, one.title, "", one.text) for one in passages)
    kind = "follow-up" if turns else "answer" if supports else "refusal"
    return Example(question, kind, said, answer, sources, supports, "file")


ABOUT_LAPTOPS = example("How does laptop repair work?", f"{LAPTOP} [1]", (1,))
ABOUT_LEAVE = example("How long do parents stay at home after a birth?", f"{LEAVE} [2]", (2,))
ABOUT_PLANETS = example(PLANET, prompt.REFUSAL, ())
BEFORE = (Turn("How does laptop repair work?", "By us. [1]"),)
FOLLOW_UP = example("And when is it done?", f"{LAPTOP} [1]", (1,), BEFORE)


def data_set(folder: Path, *examples: Example) -> Path:
    """A data set's folder with these questions held out."""
    folder.mkdir(parents=True, exist_ok=True)
    write_examples(folder / "test.jsonl", examples or (ABOUT_LAPTOPS, ABOUT_LEAVE, ABOUT_PLANETS))
    return folder
