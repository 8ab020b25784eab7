"""`frontdesk finetune data`, `liked` and `approve`: what a model of the company's own is to learn."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.finetune.permission import Permission

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
_Audiences = Annotated[
    list[str],
    typer.Option("--audience", metavar="NAME", help="Learn from what this audience may read, too, e.g. group:hr."),
]


def data(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for train.jsonl, test.jsonl, data.json, README.md.")],
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Questions that HR wrote: CSV question,answer,sources or JSONL.")
    ] = None,
    exclude: Annotated[
        list[Path], typer.Option(metavar="PATH", help="No questions like these: an evaluation set, or a text file.")
    ] = [],  # noqa: B006
    audience: _Audiences = [],  # noqa: B006
    per_document: Annotated[int, typer.Option(min=1, help="Template questions a document at most.")] = 40,
    test_share: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="Share of the documents kept for the test.")
    ] = 0.25,
    refusals: Annotated[float, typer.Option(min=0, max=1, help="Share of template questions to be refused.")] = 0.25,
    follow_ups: Annotated[float, typer.Option(min=0, max=1, help="Share of them that follow another one.")] = 0.15,
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Fit prompts to this model's window, in its tokens.")
    ] = None,
    window: Annotated[int, typer.Option(min=0, help="The window in tokens; 0: what the model says.")] = 0,
    teacher: Annotated[str, typer.Option(metavar="URL", help="Let this OpenAI-compatible server ask, too.")] = "",
    teacher_model: Annotated[str, typer.Option(metavar="NAME", help="Its model; empty: the first it lists.")] = "",
    teacher_key: Annotated[Path | None, typer.Option(metavar="FILE", help="File with the key for it.")] = None,
    per_passage: Annotated[int, typer.Option(min=1, max=20, help="Questions it writes for a passage.")] = 3,
    seed: Annotated[int, typer.Option(help="The same seed and documents give the same files.")] = 7,
    as_json: Json = False,
) -> None:
    """Build training data from documents, verified answers, approved helpful answers and a file of questions."""
    from app.finetune.dataset import Recipe, excluded_questions
    from app.finetune.questioning import Mixture
    from app.finetune_data import Counting, Making, Teaching, build, write
    from app.finetune_terminal import NoSteps, show_dataset, warn_of_audiences
    from app.terminal import StepBar
    from retrieval.errors import Unusable

    home, allowed = _opened(audience)
    try:
        recipe = Recipe(
            seed, test_share, Mixture(per_document, refusals, follow_ups), tuple(excluded_questions(exclude))
        )
    except ValueError as exc:
        raise Unusable(f"--{exc}") from exc
    if audience and not as_json:
        warn_of_audiences(audience)
    teaching = Teaching(teacher, teacher_model, teacher_key, per_passage) if teacher else None
    making = Making(questions, Counting(tokenizer, window), teaching)
    with nullcontext(NoSteps()) if as_json else StepBar() as bar:
        made = build(home, allowed, recipe, making, bar.step)
    write(out, made)
    if as_json:
        typer.echo(json.dumps({"folder": str(out), **made.facts}, ensure_ascii=False))
    else:
        show_dataset(out, made.facts)


def liked(audience: _Audiences = [], as_json: Json = False) -> None:  # noqa: B006
    """List the answers that people found helpful, and which of them may be learned from."""
    from dataclasses import asdict

    from app.finetune.liked import liked as all_of
    from app.finetune_terminal import show_liked

    home, allowed = _opened(audience)
    found = all_of(home.engine, allowed)
    if as_json:
        rows = [{name: asdict(turn)[name] for name in ("answer_id", "question", "answer", "approved", "against")}
                for turn in found]  # fmt: skip
        typer.echo(json.dumps({"liked": rows}, ensure_ascii=False))
    else:
        show_liked(found)


def approve(
    answers: Annotated[
        list[str], typer.Argument(metavar="ANSWER...", help="As `frontdesk finetune liked` shows them.")
    ],
    undo: Annotated[bool, typer.Option("--undo", help="Let them be learned from no more.")] = False,
    audience: _Audiences = [],  # noqa: B006
) -> None:
    """Let models learn from answers that people found helpful; they enter the next `frontdesk finetune data`."""
    from app.finetune.liked import approve as let

    home, allowed = _opened(audience)
    total = let(home.engine, answers, allowed, approved=not undo)
    typer.echo(f"{total} helpful answers may be learned from")


def _opened(audience: list[str]) -> tuple["Home", "Permission"]:
    from app.bootstrap import Home
    from app.finetune.permission import permission
    from app.settings import load
    from retrieval.access import EVERYONE, Scope, audience_id
    from retrieval.errors import Unusable

    try:
        scope = Scope(frozenset([EVERYONE, *map(audience_id, audience)]))
    except ValueError as exc:
        raise Unusable(f"--audience: {exc}") from exc
    home = Home(load())
    return home, permission(home.engine, scope)
