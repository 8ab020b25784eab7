"""Mini-handbooks for training the small Llama: invented sources, questions about them, cited answers, refusals.

    python -m data.small_llama.handbooks FOLDER [--contexts N] [--seed S]

Writes train.jsonl and test.jsonl in the form of `frontdesk finetune data`. Every answer is a sentence of a source, word
for word, with the source's number. Subjects are drawn from more words than a model of this size can know by heart, a
part of them made of syllables, so that finding and copying is all there is to learn. The first contexts are the
shortest. Nothing of the sample company is in it.
"""

import argparse
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from app.finetune.example import TEST, TRAIN, Example, SourceText, write_examples
from retrieval.chunk import Chunk
from retrieval.passage import Passage
from retrieval.prompt import REFUSAL, messages
from retrieval.rewrite import Turn


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that can be said of a subject: ways to say it, ways to ask for it."""

    said: tuple[str, ...]
    asked: tuple[str, ...]


WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
ASPECTS = tuple(Aspect(tuple(one["said"]), tuple(one["asked"])) for one in WORDS["aspects"])


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence about a subject, and the number of the source that it stands in."""

    subject: str
    aspect: Aspect
    said: str
    number: int


def contexts(seed: int, count: int) -> Iterator[Example]:
    """So many conversations about mini-handbooks, the shortest first."""
    random = Random(seed)  # noqa: S311 - nothing secret
    for place in range(count):
        yield _context(random, place, place / count)


def _context(random: Random, place: int, progress: float) -> Example:
    """Sources, then questions on them; the last one is the example's, the others are its history."""
    most = 1 + min(3, int(progress * 10))  # sources, and sentences in one, become more during the first third
    facts = [
        fact
        for number in range(1, random.randint(1, most) + 1)
        for fact in _source(random, number, random.randint(1, most))
    ]
    passages = [
        _passage(number, [one for one in facts if one.number == number]) for number in {f.number for f in facts}
    ]
    turns = [_turn(random, facts) for _ in range(random.randint(4, 7) if progress < 0.9 else 1)]
    *before, (question, answer, supports) = turns
    said = messages(question, passages, [Turn(*turn[:2]) for turn in before])
    kind = "follow-up" if before else "answer" if supports else "refusal"
    sources = tuple(SourceText(one.number, one.uri, one.title, one.heading, one.text) for one in passages)
    return Example(f"mini-{place}", kind, tuple(said), answer, sources, supports, "template")


def _turn(random: Random, facts: list[Fact]) -> tuple[str, str, tuple[int, ...]]:
    fact = random.choice(facts)
    if random.random() < 0.2:
        return _without_answer(random, facts, fact)
    return _question(random, fact.aspect, fact.subject), f"{fact.said} [{fact.number}]", (fact.number,)


def _without_answer(random: Random, facts: list[Fact], near: Fact) -> tuple[str, str, tuple[int, ...]]:
    """A subject that no source has, or a known one's aspect that no source tells."""
    known = {fact.aspect for fact in facts if fact.subject == near.subject}
    other = [aspect for aspect in ASPECTS if aspect not in known]
    if random.random() < 0.5:
        return _question(random, random.choice(other), near.subject), REFUSAL, ()
    return _question(random, near.aspect, _subject(random)), REFUSAL, ()


def _question(random: Random, aspect: Aspect, subject: str) -> str:
    asked = random.choice(aspect.asked).format(s=subject, unit=random.choice(WORDS["units"]))
    opener = random.choice(WORDS["openers"])
    return f"{opener}{asked[0].lower()}{asked[1:]}" if opener else asked


def _source(random: Random, number: int, sentences: int) -> list[Fact]:
    """Sentences on one subject or on two."""
    subjects = dict.fromkeys(_subject(random) for _ in range(random.randint(1, 2)))
    pairs = random.sample([(subject, aspect) for subject in subjects for aspect in ASPECTS], sentences)
    return [Fact(subject, aspect, _said(random, aspect, subject), number) for subject, aspect in pairs]


def _subject(random: Random) -> str:
    noun = _syllables(random) if random.random() < 0.25 else random.choice(WORDS["nouns"])
    return f"{random.choice(WORDS['modifiers'])} {noun}" if random.random() < 0.8 else f"{_syllables(random)} {noun}"


def _syllables(random: Random) -> str:
    return "".join(random.choices(WORDS["syllables"], k=random.randint(2, 3)))


def _said(random: Random, aspect: Aspect, subject: str) -> str:
    text = random.choice(aspect.said).format(
        s=subject,
        n=random.randint(2, 400) if random.random() < 0.3 else random.randint(2, 31),
        unit=random.choice(WORDS["units"]),
        money=random.choice(WORDS["money"]),
        role=random.choice(WORDS["roles"]),
        place=random.choice(WORDS["places"]),
        group=random.choice(WORDS["groups"]),
        day=random.choice(WORDS["days"]),
        month=random.choice(WORDS["months"]),
        name=random.choice(WORDS["names"]),
        year=random.randint(1990, 2026),
        code=f"{random.choice('ABCDEFGHK')}{random.randint(1, 99)}",
    )
    return text[0].upper() + text[1:]


def _passage(number: int, facts: list[Fact]) -> Passage:
    title = facts[0].subject.capitalize()
    chunk = Chunk(f"{number}", f"mini/{number}.md", title, (title,), " ".join(fact.said for fact in facts))
    return Passage(number, (chunk,), "everyone", "", {chunk.id: 1.0})


def main() -> None:
    """Write the two files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--contexts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    write_examples(asked.folder / TRAIN, contexts(asked.seed, asked.contexts))
    tests = [one for one in contexts(asked.seed + 1, 4000) if one.kind != "follow-up"][-300:]
    write_examples(asked.folder / TEST, tests)


if __name__ == "__main__":
    main()
