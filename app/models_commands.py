"""`frontdesk models`: the language model that answers."""

import typer

from app.serving_commands import bench, check

models_app = typer.Typer(help="The language model that answers.", no_args_is_help=True)
models_app.command(epilog="Example: frontdesk models check")(check)
models_app.command(epilog="Example: frontdesk models bench")(bench)
