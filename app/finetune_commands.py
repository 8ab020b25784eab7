"""`frontdesk finetune`: a model of the company's own, from its questions to the proof that it answers better."""

import typer

from app.finetune_data_commands import approve, data, liked
from app.judging_commands import EXAMPLE, judge
from app.training_commands import train

finetune_app = typer.Typer(
    help="A model of the company's own: data, training, and the proof that it answers better.", no_args_is_help=True
)
finetune_app.command(epilog="Example: frontdesk finetune data --out training --exclude data/eval")(data)
finetune_app.command(epilog="Example: frontdesk finetune liked --json")(liked)
finetune_app.command(epilog="Example: frontdesk finetune approve 8sK2:2 8sK2:4")(approve)
finetune_app.command(epilog="Example: frontdesk finetune train --base /models/llama --data dataset --out adapter")(
    train
)
finetune_app.command(epilog=EXAMPLE)(judge)
