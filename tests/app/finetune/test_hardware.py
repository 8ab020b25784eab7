"""Where a training would run."""

import torch

from app.finetune.hardware import hardware


def test_without_a_gpu_it_is_this_machine_and_its_free_memory() -> None:
    here = hardware()
    assert here.on_gpu == torch.cuda.is_available()
    assert here.free > 1e8
