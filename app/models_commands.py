"""`frontdesk models`: the language model that answers, and the company's own versions of it."""

import typer

from app.registry_commands import registry_app
from app.serving_commands import bench, check

models_app = typer.Typer(
    help="The language model that answers, and the company's own versions of it.", no_args_is_help=True
)
models_app.add_typer(registry_app)
models_app.command(epilog="Example: frontdesk models check")(check)
models_app.command(epilog="Example: frontdesk models bench")(bench)
