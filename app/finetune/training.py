"""`frontdesk finetune train`: LoRA, QLoRA or full finetuning of a Llama with TRL and PEFT; nothing is fetched.

The folder that comes out holds safetensors and JSON only; while the
training runs, its checkpoints lie in `checkpoints` there, and a run that was interrupted goes on from the newest one.
"""

import json
import shutil
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.finetune.hardware import Hardware, hardware
from app.finetune.loop import Watch
from app.finetune.memory import Estimate, Method, estimate, refuse_too_large, shape_of
from app.finetune.plan import Training
from app.finetune.run_record import RunRecord
from app.finetune.trainer import Job, quiet, trainer_for
from app.finetune.training_data import TrainingData, training_data, training_file
from app.finetune.training_watch import Watching
from app.llm.folder import files_digest, model_digest
from app.llm.template import ChatTemplate, load_tokenizer
from retrieval.errors import Unusable

CHECKPOINTS, BEGUN = "checkpoints", "training.json"
_PACKAGES = ("trl", "peft", "accelerate", "datasets")


@dataclass(frozen=True, slots=True)
class Finished:
    """What a training has done. Losses are of the examples that were kept aside."""

    folder: Path
    steps: int
    best_loss: float
    stopped_early: bool
    resumed: bool
    record: RunRecord


@dataclass(frozen=True, slots=True)
class Prepared:
    """A training that may begin: it is known to fit."""

    base: Path
    file: Path
    training: Training
    data: TrainingData
    length: int
    needs: Estimate
    on_gpu: bool


def require_packages() -> None:
    """Raise Unusable, saying what to install, when the extra is not there."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise Unusable(f"Training needs {', '.join(missing)}. Install them: pip install 'frontdesk[finetune]'")


def prepare(base: Path, data: Path, training: Training) -> Prepared:
    """Read what is to be learned and refuse what cannot go well, before any weight is loaded.

    Raises:
        Unusable: no model, no data, nothing to learn, packages missing, or more memory needed than there is.
    """
    require_packages()
    shape, file = shape_of(base), training_file(data)
    window, ends = _window_and_ends(base)
    length = min(training.length or 4096, window)
    template = ChatTemplate(load_tokenizer(base), window)
    samples = training_data(file, template, ends, length, training.seed)
    place = hardware()
    if training.method is Method.QLORA:
        _refuse_qlora_elsewhere(place)
    needs = estimate(shape, training.method, rank=training.rank, tokens=length, on_gpu=place.on_gpu)
    refuse_too_large(needs, place.free, place.name, training.method)
    return Prepared(base, file, training, samples, length, needs, place.on_gpu)


def _refuse_qlora_elsewhere(place: Hardware) -> None:
    if not place.on_gpu:
        raise Unusable("QLoRA needs an NVIDIA GPU. Leave out --qlora: LoRA trains here, if the model is small enough")
    if find_spec("bitsandbytes") is None:
        raise Unusable("QLoRA needs bitsandbytes. Install it: pip install bitsandbytes")


def train(prepared: Prepared, folder: Path, watch: Watch) -> Finished:
    """Train, or go on with a training that was interrupted, and leave the best weights in the folder."""
    began = time.monotonic()
    resumed = _begin(prepared, folder)
    watching = Watching(watch)
    job = Job(prepared.base, prepared.training, prepared.data, prepared.length, prepared.on_gpu, folder / CHECKPOINTS)
    with quiet():
        trainer = trainer_for(job, watching)
        trainer.train(resume_from_checkpoint=str(resumed) if resumed else None)
    _save(trainer.model, trainer.processing_class, folder)
    state = trainer.state
    finished = Finished(
        folder,
        int(state.global_step),
        float(state.best_metric),
        int(state.global_step) < int(state.max_steps),
        resumed is not None,
        _record(prepared, state, time.monotonic() - began),
    )
    finished.record.write(folder)
    shutil.rmtree(folder / CHECKPOINTS)
    (folder / BEGUN).unlink()
    return finished


def _begin(prepared: Prepared, folder: Path) -> Path | None:
    """The newest whole checkpoint of the same training, if it was begun here before."""
    wanted = {
        "training": prepared.training.as_json(),
        "base": model_digest(prepared.base),
        "data": files_digest([prepared.file]),
    }
    begun = folder / BEGUN
    if begun.is_file():
        if json.loads(begun.read_text(encoding="utf-8")) != wanted:
            raise Unusable(
                f"{folder} holds a training that was interrupted, with another model, data or parameters. "
                "Give the same ones to go on with it, or another --out"
            )
        return _newest(folder / CHECKPOINTS)
    if folder.exists() and any(folder.iterdir()):
        raise Unusable(f"{folder} is not empty. Give another --out: weights are never overwritten")
    folder.mkdir(parents=True, exist_ok=True)
    begun.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    return None


def _newest(checkpoints: Path) -> Path | None:
    """`trainer_state.json` is written last: a checkpoint without it was cut off."""
    whole = [state.parent for state in checkpoints.glob("checkpoint-*/trainer_state.json")]
    return max(whole, key=lambda one: int(one.name.rpartition("-")[2]), default=None)


def _save(model: Any, tokenizer: Any, folder: Path) -> None:
    model.save_pretrained(str(folder), safe_serialization=True)
    tokenizer.save_pretrained(str(folder))
    (folder / "README.md").unlink(
        missing_ok=True
    )  # PEFT's form of a model card, all blanks; run.json says what is known


def _record(prepared: Prepared, state: Any, seconds: float) -> RunRecord:
    evaluations = [
        {"step": row["step"], "loss": round(row["eval_loss"], 4)} for row in state.log_history if "eval_loss" in row
    ]
    losses = [row["loss"] for row in state.log_history if "loss" in row]
    return RunRecord(
        prepared.training.method.value,
        prepared.base.name,
        model_digest(prepared.base),
        prepared.file.parent.name,
        files_digest([prepared.file]),
        prepared.training.as_json() | {"length": prepared.length},
        {
            "examples": len(prepared.data.learned),
            "evaluated": len(prepared.data.evaluated),
            "too_long": prepared.data.too_long,
            "steps": int(state.global_step),
            "planned_steps": int(state.max_steps),
            "loss": round(losses[-1], 4) if losses else None,
            "best_evaluation_loss": round(float(state.best_metric), 4),
            "evaluations": evaluations,
            "seconds": round(seconds, 1),
        },
    )


def _window_and_ends(base: Path) -> tuple[int, frozenset[int]]:
    """Tokens that a conversation may have, and those that end an answer when the model is served."""
    from transformers import AutoConfig, GenerationConfig

    config = AutoConfig.from_pretrained(str(base), local_files_only=True, trust_remote_code=False)
    named = [getattr(config, "eos_token_id", None), load_tokenizer(base).eos_token_id]
    if (base / "generation_config.json").is_file():
        named.append(GenerationConfig.from_pretrained(str(base), local_files_only=True).eos_token_id)
    ends = {int(end) for one in named if one is not None for end in (one if isinstance(one, list) else [one])}
    return int(getattr(config, "max_position_embeddings", 2048)), frozenset(ends)
