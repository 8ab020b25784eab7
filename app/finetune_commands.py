"""`frontdesk finetune`: a model of the company's own, from its questions to the proof that it answers better."""

import typer

from app.judging_commands import EXAMPLE, judge

finetune_app = typer.Typer(
    help="A model of the company's own: data, training, and the proof that it answers better.", no_args_is_help=True
)
finetune_app.command(epilog=EXAMPLE)(judge)


@finetune_app.callback()
def finetune() -> None:
    """A model of the company's own: data, training, and the proof that it answers better."""
