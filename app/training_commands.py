"""`frontdesk finetune train`: teaching a Llama the answers of a data set."""

import json
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retrieval.errors import Unusable

if TYPE_CHECKING:
    from app.finetune.plan import Training
    from app.finetune.training import Finished, Prepared


def train(
    data: Annotated[Path, typer.Option(metavar="FOLDER", help="A data set; with --from-scratch also texts.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the weights go, and where an interrupted run is.")],
    base: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The Llama; without it the one of FRONTDESK_LLM.")
    ] = None,
    qlora: Annotated[bool, typer.Option("--qlora", help="LoRA beside weights in 4 bits; needs an NVIDIA GPU.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Train all weights: about 16 bytes for each.")] = False,
    epochs: Annotated[float, typer.Option(help="How often each example is seen at most.")] = 3.0,
    rate: Annotated[float, typer.Option(help="Learning rate; 0: 0.0002, with --full 0.00002.")] = 0.0,
    batch: Annotated[int, typer.Option(help="Rows of packed examples in a step.")] = 8,
    rank: Annotated[int, typer.Option(help="Rank of LoRA's matrices.")] = 16,
    length: Annotated[int, typer.Option(help="Tokens of a row; 0: the model's window, 4096 at most.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed on the same machine gives the same weights.")] = 7,
    from_scratch: Annotated[
        Path | None, typer.Option(metavar="RECIPE.toml", help="Train a small Llama of its own, from nothing.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Teach a Llama the answers of a data set, with LoRA unless told otherwise.

    It stops early when examples that were kept aside get worse. What was interrupted goes on from its last checkpoint
    when the command is given again. The folder then holds safetensors, the tokenizer and run.json.
    """
    if from_scratch:
        _train_from_scratch(from_scratch, data, out, as_json=as_json)
        return
    from app.finetune.memory import Method
    from app.finetune.plan import Training

    if qlora and full:
        raise Unusable("--qlora and --full exclude each other: QLoRA trains no weight of the model itself")
    method = Method.QLORA if qlora else Method.FULL if full else Method.LORA
    try:
        wanted = Training(method, epochs, rate, batch, rank, length, seed=seed)
    except ValueError as exc:
        raise Unusable(f"These options cannot be used: {exc}") from exc
    _finetune(base or _configured(), data, out, wanted, as_json=as_json)


def _finetune(base: Path, data: Path, out: Path, wanted: "Training", *, as_json: bool) -> None:
    from app.finetune import training
    from app.finetune.training_bar import TrainingBar

    prepared = training.prepare(base, data, wanted)
    if not as_json:
        _announce(prepared)
    with nullcontext(_unwatched) if as_json else TrainingBar() as watch:
        finished = training.train(prepared, out, watch)
    if as_json:
        typer.echo(json.dumps({"folder": str(out), "resumed": finished.resumed} | asdict(finished.record)))
    else:
        _report(finished)


def _train_from_scratch(recipe: Path, data: Path, out: Path, *, as_json: bool) -> None:
    from app.finetune.from_scratch import train_from_scratch
    from app.finetune.recipe import read_recipe
    from app.finetune.training_bar import TrainingBar

    wanted = read_recipe(recipe)
    if out.exists() and any(out.iterdir()):
        raise Unusable(f"{out} is not empty. Give another --out: weights are never overwritten")
    with nullcontext(_unwatched) if as_json else TrainingBar() as watch:
        trained = train_from_scratch(wanted, data, out, watch)
    if as_json:
        said = {"folder": str(out), "parameters": trained.parameters, "loss": trained.last_loss}
        typer.echo(json.dumps(said | {"tokens": trained.tokens, "seconds": trained.seconds}))
        return
    millions = f"{trained.parameters / 1e6:.1f} million parameters"
    typer.echo(
        f"Trained {millions} on {trained.tokens:,} tokens in {_minutes(trained.seconds)}; loss {trained.last_loss:.3f}."
    )
    typer.echo(f"To talk to it: FRONTDESK_LLM={out} frontdesk up")


def _announce(prepared: "Prepared") -> None:
    data = prepared.data
    left_out = f", {data.too_long} are too long for {prepared.length} tokens and left out" if data.too_long else ""
    aside = f"{len(data.evaluated)} are kept aside to notice when to stop"
    typer.echo(f"{len(data.learned)} examples to learn from, {aside}{left_out}.")
    typer.echo(f"Memory ({prepared.training.method.value}): {prepared.needs}.")


def _report(finished: "Finished") -> None:
    metrics = finished.record.metrics
    early = (
        f", {metrics['planned_steps'] - finished.steps} fewer than planned: nothing more was gained"
        if finished.stopped_early
        else ""
    )
    typer.echo(f"{finished.steps} steps in {_minutes(metrics['seconds'])}{early}.")
    first = metrics["evaluations"][0]["loss"]
    typer.echo(
        f"Loss of the examples kept aside: {first:.3f} at the first evaluation, {finished.best_loss:.3f} at best."
    )
    typer.echo(f"Wrote {finished.folder}. Compare it with its base before anyone talks to it: frontdesk finetune judge")


def _configured() -> Path:
    from app.settings import load

    folder = Path(load().llm).expanduser()
    if not folder.is_dir() or not load().llm:
        raise Unusable("Which Llama? Give its folder with --base, or set FRONTDESK_LLM to it")
    return folder


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds >= 90 else f"{seconds:.0f} s"


def _unwatched(_: Any) -> None:
    """Nobody looks."""
