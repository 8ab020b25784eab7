"""How far a training is, in the terminal: steps, loss, tokens a second, time left."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from app.finetune.loop import Step


class TrainingBar:
    """On standard error; call it with every step."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("Training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
        )
        self._task = self._progress.add_task("", total=None, told="loading")

    def __enter__(self) -> "TrainingBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, step: Step) -> None:
        """So far it is."""
        told = f"loss {step.loss:.3f}, {step.speed:,.0f} tokens/s"
        self._progress.update(self._task, completed=step.done, total=step.total, told=told)
