"""Which questions are asked of a document: all forms in turn, some as follow-ups, some with the source withheld."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from app.finetune.assembly import Case
from app.finetune.citing import quoting, refusing
from app.finetune.templated import Draft, Vocabulary, drafts
from app.finetune.wording import lowered, varied
from retrieval.chunk import Chunk
from retrieval.rewrite import Turn

_OF_ONE_ANSWER = 2  # questions with the same answer at most
_OPENERS = ("And {}", "What about this: {}", "One more: {}", "Also, {}", "Then {}")
_BROAD = {"heading", "keywords", "list"}  # forms that other passages of the document answer a little, too
_NO_FOLLOW_UPS = {"keywords", "since", "contact"}
_SHORTER = [  # what goes without saying after a question about the same document
    (
        re.compile(
            r"^What (?:happens|do I have to know|applies) (?=(?:if|when|once|during|after|before|on|for|from) )"
        ),
        "",
    ),
    (re.compile(r"^What do I need to know about |^How does it work: "), "what about "),
    (re.compile(r" \([^()]*\)(?=[:?])"), ""),
]


@dataclass(frozen=True, slots=True)
class Mixture:
    """How many questions a document gets at most, and which shares are refusals and follow-ups, 0..1."""

    per_document: int = 40
    refusals: float = 0.25
    follow_ups: float = 0.15

    def __post_init__(self) -> None:
        if self.per_document < 1:
            raise ValueError(f"per_document: at least 1 was expected, not {self.per_document}")
        if self.refusals < 0 or self.follow_ups < 0 or self.refusals + self.follow_ups > 1:
            raise ValueError(f"refusals and follow_ups: shares that add up to 1 at most were expected, not {self}")


def cases(chunks: Sequence[Chunk], vocabulary: Vocabulary, mixture: Mixture, random: Random) -> Iterator[Case]:
    """Cases of one document's chunks."""
    chosen = mixed([draft for chunk in chunks for draft in drafts(chunk, vocabulary)], mixture.per_document, random)
    return of_drafts(chosen, vocabulary, mixture, random)


def of_drafts(
    chosen: Sequence[Draft], vocabulary: Vocabulary, mixture: Mixture, random: Random, origin: str = "template"
) -> Iterator[Case]:
    """Each draft as an answer, a follow-up after another draft, or a refusal because its source is withheld."""
    for place, draft in enumerate(chosen):
        uri, before = draft.chunk.uri, chosen[place - 1]
        question = varied(draft.question, random, vocabulary.common)
        chance = random.random()
        if chance < mixture.refusals / 2 or (chance < mixture.refusals and draft.form in _BROAD):
            yield Case(question, origin, refusing, (uri,), (), draft.quotes, frozenset([uri]), "document withheld")
        elif chance < mixture.refusals:
            yield Case(question, origin, refusing, (uri,), (), draft.quotes, form="passage withheld")
        elif chance < mixture.refusals + mixture.follow_ups and _may_follow(draft, before):
            turns = (Turn(before.question, f"{before.answer} [1]"),)
            question = _following(draft.question, vocabulary, random)
            yield Case(question, origin, quoting(draft.quotes, uri), (uri,), turns, form=draft.form)
        else:
            yield Case(question, origin, quoting(draft.quotes, uri), (uri,), form=draft.form)


def _may_follow(draft: Draft, before: Draft) -> bool:
    return draft.form not in _NO_FOLLOW_UPS and before.chunk.id != draft.chunk.id


def _following(question: str, vocabulary: Vocabulary, random: Random) -> str:
    for pattern, instead in _SHORTER:
        question = pattern.sub(instead, question)
    return random.choice(_OPENERS).format(lowered(question, vocabulary.common))


def mixed(every: Sequence[Draft], most: int, random: Random) -> list[Draft]:
    """At most so many drafts, the forms in turn, so that the common ones do not crowd out the rare ones."""
    by_form: dict[str, list[Draft]] = defaultdict(list)
    for draft in every:
        by_form[draft.form].append(draft)
    for of_form in by_form.values():
        random.shuffle(of_form)
    chosen: list[Draft] = []
    answered: Counter[str] = Counter()
    while len(chosen) < most and any(by_form.values()):
        for of_form in by_form.values():
            while of_form and answered[of_form[-1].answer] >= _OF_ONE_ANSWER:
                of_form.pop()
            if of_form:
                chosen.append(of_form.pop())
                answered[chosen[-1].answer] += 1
    chosen = chosen[:most]
    random.shuffle(chosen)
    return chosen
