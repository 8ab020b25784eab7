"""TRL's trainer with our choices: packed rows do not see each other, prompts are not learned."""

from pathlib import Path

import pytest

from app.finetune.hardware import hardware
from app.finetune.plan import Training
from app.finetune.samples import NOT_LEARNED, Sample
from app.finetune.trainer import Job, quiet, trainer_for
from app.finetune.training_data import TrainingData
from app.finetune.training_watch import Watching

ONE = Sample((0, 10, 11, 12, 13, 14), (NOT_LEARNED, NOT_LEARNED, NOT_LEARNED, 12, 13, 14))
TWO = Sample((0, 20, 21, 22, 23), (NOT_LEARNED, NOT_LEARNED, NOT_LEARNED, 22, 23))


@pytest.mark.heavy
def test_examples_of_one_packed_row_are_learned_as_if_they_stood_alone(llama_dir: Path, tmp_path: Path) -> None:
    import torch

    data = TrainingData((ONE, TWO), (ONE,), 0)
    job = Job(llama_dir, Training(epochs=1, length=64), data, 64, hardware().on_gpu, tmp_path)
    with quiet():
        trainer = trainer_for(job, Watching(lambda _: None))
        (row,) = list(trainer.get_train_dataloader())
    labels = row["labels"][0].tolist()
    assert sorted(label for label in labels if label != NOT_LEARNED) == [12, 13, 14, 22, 23]
    assert row["input_ids"].shape[1] == 11
    trainer.model.eval()
    place = row["input_ids"][0].tolist().index(20) + 2
    with torch.no_grad():
        inputs = {name: row[name] for name in ("input_ids", "position_ids")}
        packed = trainer.model(**inputs).logits[0, place]
        alone = trainer.model(input_ids=torch.tensor([TWO.tokens])).logits[0, 3]
    assert torch.allclose(packed, alone, atol=1e-4)


@pytest.mark.heavy
def test_nothing_is_reported_to_any_tracker(llama_dir: Path, tmp_path: Path) -> None:
    job = Job(llama_dir, Training(), TrainingData((ONE, TWO), (ONE,), 0), 64, hardware().on_gpu, tmp_path)
    with quiet():
        trainer = trainer_for(job, Watching(lambda _: None))
    assert trainer.args.report_to == []
    assert not trainer.args.push_to_hub
