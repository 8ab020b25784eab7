"""Building a set of examples for training and test: cases from all origins, assembled, masked, without repeats."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from random import Random

from app.finetune.assembly import Assembly, Case, Unfit
from app.finetune.example import Example
from app.finetune.masking import Masking
from app.finetune.permission import Permission
from app.finetune.questioning import Mixture, cases, of_drafts
from app.finetune.repeats import Repeats
from app.finetune.sides import Sides, split
from app.finetune.teacher import Teacher
from app.finetune.templated import Vocabulary
from retrieval.chunk import Chunk
from retrieval.errors import Unusable

Step = Callable[[str, int, int], None]
_SHUFFLED = 0.5  # share of the training examples whose sources stand in another order, so that not always [1] is right


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to build. `test_share` of the documents are for the test; questions like `excluded` ones stay out."""

    seed: int = 7
    test_share: float = 0.25
    mixture: Mixture = field(default_factory=Mixture)
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.test_share < 1:
            raise ValueError(f"test_share: a share between 0 and 1 was expected, not {self.test_share}")


@dataclass(frozen=True, slots=True)
class Dataset:
    """What was built, and what became of the cases that are not in it, by reason."""

    train: tuple[Example, ...]
    test: tuple[Example, ...]
    sides: Sides
    forms: Mapping[str, int]
    left_out: Mapping[str, int]


@dataclass(slots=True)
class Builder:
    """Builds one set. `chunks` are those of the documents that may be learned from, in their order."""

    recipe: Recipe
    allowed: Permission
    chunks: Sequence[Chunk]
    assembly: Assembly
    masking: Masking
    step: Step
    teacher: Teacher | None = None
    forms: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def build(self, written: Sequence[Case]) -> Dataset:
        """The set, with these cases that people wrote in front.

        Raises:
            Unusable: there is no document that may be learned from.
        """
        if not self.chunks:
            raise Unusable("There is no document that may be learned from. See them with: frontdesk documents, sources")
        by_uri = {uri: list(found) for uri, found in groupby(self.chunks, key=lambda chunk: chunk.uri)}
        texts = [(uri, "\n".join(chunk.text for chunk in found)) for uri, found in by_uri.items()]
        sides = split(texts, self.recipe.test_share, self.recipe.seed)
        found = [*written, *self._of_documents(by_uri)]
        made: dict[bool, list[tuple[Case, Example]]] = {False: [], True: []}
        for done, case in enumerate(found):
            self.step("Asking", done, len(found))
            try:
                is_test, example = self._assembled(case, sides)
            except Unfit as exc:
                self.left_out[str(exc)] += 1
            else:
                made[is_test].append((case, example))
        self.step("Asking", len(found), len(found))
        test, train = self._distinct(made[True], made[False])
        return Dataset(tuple(train), tuple(test), sides, dict(self.forms), dict(self.left_out))

    def _of_documents(self, by_uri: Mapping[str, list[Chunk]]) -> Iterator[Case]:
        vocabulary = Vocabulary.of(self.chunks)
        for done, (uri, found) in enumerate(by_uri.items()):
            random = Random(f"{self.recipe.seed} {uri}")  # noqa: S311 - to be repeated, not to be secret
            yield from cases(found, vocabulary, self.recipe.mixture, random)
            if self.teacher:
                self.step("Teaching", done, len(by_uri))
                taught = [draft for chunk in found for draft in self.teacher.drafts(chunk)]
                yield from of_drafts(taught, vocabulary, self.recipe.mixture, random, "teacher")

    def _assembled(self, case: Case, sides: Sides) -> tuple[bool, Example]:
        """The example and whether it is for the test; what rests on a document of the test cannot be for training."""
        is_test = sides.is_test(case.uris)
        if not case.uris:  # nobody said what it rests on: the search does
            open_to_all = self.assembly.example(case, self.allowed.closed)
            resting = {one.uri for one in open_to_all.passages if one.number in open_to_all.supports}
            is_test = sides.is_test(resting or {one.uri for one in open_to_all.passages[:1]})
        closed = self.allowed.closed if is_test else self.allowed.closed | sides.test
        random = Random(f"{self.recipe.seed} {case.key}")  # noqa: S311 - to be repeated, not to be secret
        shuffle = random if not is_test and random.random() < _SHUFFLED else None
        return is_test, self.masking.masked(self.assembly.example(case, closed, shuffle))

    def _distinct(self, test: Iterable[tuple[Case, Example]], train: Iterable[tuple[Case, Example]]) -> tuple[
        list[Example], list[Example]
    ]:  # fmt: skip
        """Test first: what is asked there, or in an evaluation, is not for training. A refusal may repeat an answer's
        question, because there the source decides."""
        excluded = Repeats(self.recipe.excluded)
        kept_test = self._new(test, [(excluded, "like a question of an evaluation")])
        of_test = Repeats(case.key for case, _ in kept_test)
        kept_train = self._new(
            train, [(excluded, "like a question of an evaluation"), (of_test, "like a question of the test")]
        )
        for case, _ in (*kept_test, *kept_train):
            self.forms[case.form] += 1
        return [example for _, example in kept_test], [example for _, example in kept_train]

    def _new(
        self, found: Iterable[tuple[Case, Example]], forbidden: Sequence[tuple[Repeats, str]]
    ) -> list[tuple[Case, Example]]:
        asked = {True: Repeats(), False: Repeats()}  # by whether it was refused
        kept = []
        for case, example in found:
            reason = next((reason for repeats, reason in forbidden if repeats.holds(case.key)), "")
            if not reason and not asked[example.kind == "refusal"].is_new(case.key):
                reason = "asked before in nearly the same words"
            if reason:
                self.left_out[reason] += 1
            else:
                kept.append((case, example))
        return kept


def excluded_questions(places: Iterable[Path]) -> Iterator[str]:
    """Questions that must not be learned: of evaluation sets (folders) and of text files with one on each line.

    Raises:
        Unusable: a place is neither.
    """
    from app.evaluation.question_set import load_set

    for place in places:
        if place.is_dir():
            for query in load_set(place)[1]:
                yield from filter(None, (query.text, query.standalone))
            continue
        try:
            yield from (line.strip() for line in place.read_text(encoding="utf-8").splitlines() if line.strip())
        except (OSError, UnicodeDecodeError) as exc:
            raise Unusable(
                f"{place} is neither an evaluation set nor a text file with a question on each line"
            ) from exc
