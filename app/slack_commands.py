"""`frontdesk slack`: run the bot, and say what its app in Slack still lacks."""

from typing import Annotated

import typer

slack_app = typer.Typer(help="The Slack bot.", invoke_without_command=True)


@slack_app.callback(epilog="Example: frontdesk slack")
def slack(context: typer.Context) -> None:
    """Run the Slack bot; the server must be running. docs/slack.md tells how to connect your Slack."""
    if context.invoked_subcommand is None:
        from app import processes
        from app.settings import load

        raise typer.Exit(processes.slack(load()))


@slack_app.command(epilog="Example: frontdesk slack check")
def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Look at tokens, scopes, events and channels, and say what is missing."""
    import json

    from app.settings import load
    from app.slack_check import examine
    from app.terminal import show_rows

    found = examine(load())
    if as_json:
        checks = [{"name": one.name, "ok": one.ok, "found": one.found} for one in found]
        typer.echo(json.dumps({"ok": all(one.ok for one in found), "checks": checks}, ensure_ascii=False))
    else:
        show_rows(
            "Slack", [(one.name, "ok" if one.ok else "WRONG", one.found) for one in found], ("check", "", "found")
        )
    if not all(one.ok for one in found):
        raise typer.Exit(1)
