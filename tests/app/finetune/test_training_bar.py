"""The bar of a training shows loss, speed and how far it is."""

import io

from rich.console import Console

from app.finetune.loop import Step
from app.finetune.training_bar import TrainingBar


def test_it_shows_steps_loss_and_tokens_a_second() -> None:
    out = Console(file=io.StringIO(), width=120, force_terminal=True)
    with TrainingBar(out) as bar:
        bar(Step(3, 12, 0.4567, 1234.5))
    assert isinstance(out.file, io.StringIO)
    shown = out.file.getvalue()
    assert "3/12" in shown
    assert "loss 0.457, 1,234 tokens/s" in shown
