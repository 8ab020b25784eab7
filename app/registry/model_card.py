"""The model card of a version: README.md as the Hugging Face hub reads it. Pure."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.registry.version import Version

if TYPE_CHECKING:
    from app.judging.verdict import Verdict

_TAGS = ("frontdesk", "question-answering", "retrieval-augmented-generation", "text-generation")
_NOT_JUDGED = "## Evaluation\n\nNot judged yet: `frontdesk finetune judge` compares it with what answers now.\n"


def card(version: Version, verdicts: Sequence["Verdict"] = ()) -> str:
    """Description, data, evaluation, usage, limits and licence, after the front matter."""
    evaluation = "\n".join(map(_evaluation, verdicts)) or _NOT_JUDGED
    return "\n".join([_front_matter(version), _description(version), _data(version), evaluation, _rest(version)])


def _front_matter(version: Version) -> str:
    base = version.run.get("base") or version.run.get("base_model")
    lines = ["---", f"license: {json.dumps(version.licence)}", "pipeline_tag: text-generation"]
    lines += [f"library_name: {'peft' if version.is_adapter else 'transformers'}"]
    lines += [f"base_model: {json.dumps(str(base))}"] if base else []
    lines += ["tags:", *(f"- {tag}" for tag in _TAGS), "---", ""]
    return "\n".join(lines)


def _description(version: Version) -> str:
    kind = "A LoRA adapter with its base model" if version.is_adapter else "A whole model"
    described = version.described or f"{kind} that answers employees' questions from numbered sources, or refuses."
    return f"""# {version.ref}

{described}

- kept {version.created_at} by {version.created_by}, {version.size / 1e6:,.1f} MB
- digest `{version.digest}`
- prompt `{version.prompt.digest[:16]}`
"""


def _data(version: Version) -> str:
    told = {name: value for name, value in version.run.items() if isinstance(value, str | int | float)}
    nested = {
        name: value for name, value in version.run.items() if name in ("data", "parameters", "metrics", "versions")
    }
    if not (told or nested):
        return "## Data and training\n\nNo record of a training came with this model.\n"
    text = json.dumps(told | nested, indent=1, ensure_ascii=False, default=str)
    return f"## Data and training\n\nAs the training recorded it:\n\n```json\n{text}\n```\n"


def _evaluation(verdict: "Verdict") -> str:
    from app.judging.verdict import MEASURES

    new, old = verdict.new.measures, verdict.old.measures
    rows = [
        f"| {label} | {new[name].mean:.3f} ({new[name].low:.3f} to {new[name].high:.3f}) | {old[name].mean:.3f} |"
        for name, label in MEASURES.items()
        if name in new and name in old
    ]
    table = "\n".join(rows)
    return f"""## Evaluation

**{verdict.result}** than {verdict.old.name}: {verdict.why}. {verdict.questions} held-out questions, {verdict.at[:10]}.

| measure | this model, 95 % interval | {verdict.old.name} |
|---|---|---|
{table}
"""


def _rest(version: Version) -> str:
    return f"""## Usage

```sh
frontdesk models promote {version.ref}      # let it answer
frontdesk models export {version.ref} --to FOLDER --form merged
```

It expects the prompt of Frontdesk, whose parts are in `version.json`: numbered sources between two system messages, the
conversation, the question.

## Limits

It is meant to answer from the sources in its prompt and cites them by number. Without sources it has nothing to rest
on. Whether an answer is right has to be checked in the source that it names.

## Licence

{version.licence}. The licence of the base model applies to what was made from it.
"""
