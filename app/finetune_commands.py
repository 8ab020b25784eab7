"""`frontdesk finetune`: making a language model the company's own, from data to judgement."""

import typer

from app.finetune_data_commands import approve, data, liked

finetune_app = typer.Typer(
    help="Make a language model the company's own: data, training, judgement.", no_args_is_help=True
)
finetune_app.command(epilog="Example: frontdesk finetune data --out training --exclude data/eval")(data)
finetune_app.command(epilog="Example: frontdesk finetune liked --json")(liked)
finetune_app.command(epilog="Example: frontdesk finetune approve 8sK2:2 8sK2:4")(approve)
