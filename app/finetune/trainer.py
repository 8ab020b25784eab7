"""TRL's trainer with our choices; the one file that imports trl, peft and datasets. Nothing is fetched."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.finetune.memory import Method
from app.finetune.plan import Training
from app.finetune.samples import Sample
from app.finetune.training_data import TrainingData
from app.finetune.training_watch import Watching
from app.llm.template import load_tokenizer

_ROUNDS = 0.1  # of the run between two evaluations, each with a checkpoint


@dataclass(frozen=True, slots=True)
class Job:
    """What is trained, on what, and where its checkpoints go; `length` is the most tokens of a packed row."""

    base: Path
    training: Training
    data: TrainingData
    length: int
    on_gpu: bool
    checkpoints: Path


def trainer_for(job: Job, watching: Watching) -> Any:
    """Packs, learns the answers only, evaluates ten times, keeps the best; says nothing to any tracker."""
    from transformers import EarlyStoppingCallback, PrinterCallback, ProgressCallback
    from trl import SFTConfig, SFTTrainer

    training, on_gpu = job.training, job.on_gpu
    options = SFTConfig(
        output_dir=str(job.checkpoints),
        num_train_epochs=training.epochs,
        learning_rate=training.peak_rate,
        lr_scheduler_type="cosine",
        warmup_steps=0.05,
        per_device_train_batch_size=1,  # one packed row of up to `length` tokens
        per_device_eval_batch_size=1,
        gradient_accumulation_steps=training.batch,
        max_length=job.length,
        packing=True,
        gradient_checkpointing=on_gpu,
        bf16=on_gpu,
        use_cpu=not on_gpu,
        dataloader_pin_memory=on_gpu,
        seed=training.seed,
        data_seed=training.seed,
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=_ROUNDS,
        save_strategy="steps",
        save_steps=_ROUNDS,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        report_to="none",
        push_to_hub=False,
        disable_tqdm=True,
    )
    trainer = SFTTrainer(
        model=_model(job),
        args=options,
        train_dataset=_rows(job.data.learned),
        eval_dataset=_rows(job.data.evaluated),
        processing_class=load_tokenizer(job.base),
        peft_config=None if training.method is Method.FULL else _lora(training.rank),
        callbacks=[watching.callback(), EarlyStoppingCallback(training.patience)],
    )
    for printing in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(printing)
    return trainer


def _model(job: Job) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    training, on_gpu = job.training, job.on_gpu
    quantized = None
    if training.method is Method.QLORA:
        quantized = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16,
        )
    # Weights that are trained themselves are kept in float32: steps this small vanish in bfloat16.
    kept = torch.bfloat16 if on_gpu and training.method is not Method.FULL else torch.float32
    return AutoModelForCausalLM.from_pretrained(
        str(job.base.resolve()),  # an adapter names its base like this
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        dtype=kept,
        quantization_config=quantized,
        device_map={"": 0} if quantized else None,
    )


def _lora(rank: int) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        r=rank, lora_alpha=2 * rank, lora_dropout=0.05, target_modules="all-linear", task_type="CAUSAL_LM"
    )


def _rows(samples: Sequence[Sample]) -> Any:
    from datasets import Dataset

    return Dataset.from_dict(
        {"input_ids": [list(one.tokens) for one in samples], "labels": [list(one.labels) for one in samples]}
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Without other libraries' bars, and without their warnings to each other."""
    import datasets
    from transformers.utils import logging

    datasets.disable_progress_bars()
    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(before)
