"""What a data set says of itself: counts and digests for programs, a card for people in Hugging Face form. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.finetune.dataset import Dataset, Recipe
from app.finetune.example import KINDS, ORIGINS, Example, to_line
from retrieval.access import EVERYONE
from retrieval.chunk import digest
from retrieval.ledger.documents import Entry

VERSION = 1  # of the files' form
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))


def facts(dataset: Dataset, recipe: Recipe, documents: Mapping[str, Entry], counting: str) -> dict[str, Any]:
    """data.json. `counting` says whose tokens were counted; the same inputs give the same facts."""
    halves = {"train": dataset.train, "test": dataset.test}
    return {
        "version": VERSION,
        "digest": digest("\n".join(map(_digest, halves.values()))),
        "digests": {name: _digest(examples) for name, examples in halves.items()},
        "counts": {name: _counts(examples) for name, examples in halves.items()},
        "forms": dict(sorted(dataset.forms.items())),
        "left_out": dict(sorted(dataset.left_out.items())),
        "parameters": {
            "seed": recipe.seed,
            "test_share": recipe.test_share,
            "per_document": recipe.mixture.per_document,
            "refusals": recipe.mixture.refusals,
            "follow_ups": recipe.mixture.follow_ups,
            "excluded_questions": len(recipe.excluded),
            "tokens_counted_by": counting,
        },
        "audiences": sorted({one.audience for one in documents.values()}),
        "documents": {
            name: {uri: documents[uri].digest for uri in sorted(uris)}
            for name, uris in (("train", dataset.sides.train), ("test", dataset.sides.test))
        },
    }


def card(found: Mapping[str, Any], slack: Sequence[str]) -> str:
    """README.md of the folder. `slack` are the Slack sources that an admin let models learn from."""
    total = sum(counts["examples"] for counts in found["counts"].values())
    size = next((name for most, name in _SIZES if total < most), "100K<n<1M")
    closed = [audience for audience in found["audiences"] if audience != EVERYONE]
    head = _HEAD.format(size=size)
    readers = (
        f"Beside what everyone may read it holds text for {', '.join(closed)}: **nobody outside these groups may talk "
        "to a model that was trained on it.**"
        if closed
        else "It holds only what everybody in the company may read."
    )
    talk = f"Slack text is in it, from {', '.join(slack)}." if slack else "No text from Slack is in it."
    parameters = "\n".join(f"| {name} | {value} |" for name, value in found["parameters"].items())
    return _CARD.format(
        head=head,
        digest=found["digest"][:16],
        counts=_table(found["counts"]),
        train=len(found["documents"]["train"]),
        test=len(found["documents"]["test"]),
        readers=readers,
        talk=talk,
        forms=_list(found["forms"]),
        left_out=_list(found["left_out"]) or "Nothing.",
        parameters=parameters,
    )


def rows(counts: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """The counts as rows: what, in train, in test."""
    names = ["examples", *KINDS, *(f"from {origin}" for origin in ORIGINS)]
    found = [(name, *(str(counts[half].get(name, 0)) for half in ("train", "test"))) for name in names]
    return [(name, train, test) for name, train, test in found if (train, test) != ("0", "0")]


def _counts(examples: Sequence[Example]) -> dict[str, int]:
    kinds = Counter(example.kind for example in examples)
    origins = Counter(f"from {example.origin}" for example in examples)
    return {"examples": len(examples), **dict(sorted(kinds.items())), **dict(sorted(origins.items()))}


def _digest(examples: Sequence[Example]) -> str:
    return digest("".join(to_line(example) + "\n" for example in examples))


def _table(counts: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [f"| {name} | {train} | {test} |" for name, train, test in rows(counts)]
    return "\n".join(["| | train | test |", "|---|---|---|", *lines])


def _list(found: Mapping[str, int]) -> str:
    return "\n".join(f"- {name}: {count}" for name, count in sorted(found.items(), key=lambda pair: -pair[1]))


_HEAD = """---
license: other
task_categories:
- question-answering
size_categories:
- {size}
configs:
- config_name: default
  data_files:
  - split: train
    path: train.jsonl
  - split: test
    path: test.jsonl
---
"""
_CARD = """{head}
# Questions and cited answers for Frontdesk

Examples for training a language model to answer from numbered sources, to cite them, and to refuse where none answers.
Digest {digest}. It belongs to the company whose documents it was made from; it is not for publication.

## What is inside

{counts}

Each line of `train.jsonl` and `test.jsonl` has `messages`, the prompt exactly as Frontdesk makes it at run time, the
`answer` wanted, the `passages` that stand in the prompt, and the numbers of those that the answer rests on, `supports`.
Answers made from templates or by a teacher are sentences copied from a passage, with its number; a refusal is the one
fixed sentence.

The test asks about {test} documents that no training example shows ({train} documents are for training). In half of the
training examples the sources stand in another order than the search found them.

## What it may be used for

{readers}
{talk}
Keys, bank accounts, payment cards, national ids, and the names and addresses of known people are replaced by marks such
as `[hidden: name]`. Names of people who are not in Frontdesk's list of people are not recognised.
When a document is deleted, build the set anew: `data.json` lists the documents in it with their digests.

## How the questions were made

{forms}

Left out, by reason:

{left_out}

| parameter | value |
|---|---|
{parameters}

## Limits

Template questions use the documents' own words, which makes them easier than questions that people ask. Refusals come
from withheld sources; some are far from any document, more so than in real use. English forms only.
"""
