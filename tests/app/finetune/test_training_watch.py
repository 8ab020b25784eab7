"""What the trainer tells, as steps of ours."""

from app.finetune.loop import Step
from app.finetune.training_watch import Watching


def test_the_shown_loss_is_a_running_mean_and_tokens_before_an_interruption_do_not_count() -> None:
    steps: list[Step] = []
    watching = Watching(steps.append)
    watching.begin(1000.0)
    watching.logged(1, 9, 2.0, 1000.0)
    watching.logged(2, 9, 1.0, 1000.0)
    assert [(step.done, step.total, round(step.loss, 3), step.speed) for step in steps] == [
        (1, 9, 2.0, 0.0),
        (2, 9, 1.8, 0.0),
    ]
