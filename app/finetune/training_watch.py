"""What transformers' trainer tells while it runs, as steps of ours."""

import time
from typing import TYPE_CHECKING, Any

from app.finetune.loop import Step, Watch

if TYPE_CHECKING:
    from transformers import TrainerCallback

_KEPT = 0.8  # of the shown loss is the former one's


class Watching:
    """Tells a watch of every step that was logged: loss, tokens a second, how many are left."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._loss: float | None = None
        self._began = time.monotonic()
        self._first = 0.0

    def begin(self, tokens: float) -> None:
        """The first step begins; so many tokens were read before an interruption."""
        self._began, self._first = time.monotonic(), tokens

    def logged(self, done: int, total: int, loss: float, tokens: float) -> None:
        """A step is done. The loss of one batch jumps, so a running mean is shown."""
        self._loss = loss if self._loss is None else _KEPT * self._loss + (1 - _KEPT) * loss
        speed = (tokens - self._first) / max(1e-9, time.monotonic() - self._began)
        self._watch(Step(done, total, self._loss, speed))

    def callback(self) -> "TrainerCallback":
        """For the trainer."""
        from transformers import TrainerCallback

        watching = self

        class Callback(TrainerCallback):
            def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
                watching.begin(state.num_input_tokens_seen)

            def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:
                logs = given.get("logs") or {}
                if "loss" in logs:
                    tokens = float(logs.get("num_tokens") or state.num_input_tokens_seen)
                    watching.logged(state.global_step, state.max_steps, float(logs["loss"]), tokens)

        return Callback()
