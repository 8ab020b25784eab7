"""The `frontdesk` command. Heavy parts are imported inside the commands, so that --help is quick."""

import json
import logging
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.access_commands import access_app
from app.answers_commands import answers_app
from app.finetune_commands import finetune_app
from app.index_commands import index_app
from app.insights_commands import insights
from app.keeping_commands import keeping_app
from app.key_commands import audit, keys_app
from app.models_commands import models_app
from app.people_commands import people_app
from app.quiet import share_processors, switch_off_telemetry
from app.run_commands import ingest, runs_app, sources_app
from app.serving_commands import chat
from app.slack_commands import slack_app
from retrieval.errors import FrontdeskError, QuestionRefused

if TYPE_CHECKING:
    from app.bootstrap import Home

app = typer.Typer(
    help="Answers employees' questions from their company's own documents and Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(people_app, name="people")
app.add_typer(keys_app, name="keys")
app.command(epilog="Example: frontdesk audit -n 20")(audit)
app.add_typer(index_app, name="index")
app.command(epilog="Example: frontdesk ingest ./handbook --audience everyone")(ingest)
app.add_typer(runs_app, name="runs")
app.add_typer(sources_app, name="sources")
app.add_typer(access_app, name="access")
app.add_typer(answers_app, name="answers")
app.add_typer(keeping_app)
app.command(epilog="Example: frontdesk insights --days 7")(insights)
app.add_typer(slack_app, name="slack")
app.add_typer(finetune_app, name="finetune")
app.add_typer(models_app, name="models")
app.command(epilog="Example: frontdesk chat --as sam@example.com")(chat)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
As = Annotated[
    str,
    typer.Option("--as", metavar="EMAIL", help="Ask as this person; without it: an employee in `everyone` only."),
]


def main() -> None:
    """Run the command line; every error of ours is one sentence on standard error."""
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(
        level=os.environ.get("LOG_LEVEL", "ERROR").upper(), format="%(levelname)s %(name)s: %(message)s"
    )
    try:
        app()
    except FrontdeskError as exc:
        print(f"Error: {exc.user_message}", file=sys.stderr)
        sys.exit(exc.exit_code)
    except KeyboardInterrupt:
        print("Interrupted. What was done is kept; run the command again to go on.", file=sys.stderr)
        sys.exit(130)


def _home(**flags: Any) -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load(**flags))


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


@app.command(epilog='Example: frontdesk ask "How many days of leave do I get?" --as sam@example.com')
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    email: As = "",
    conversation: Annotated[str, typer.Option(metavar="ID", help="Continue this conversation.")] = "",
    as_json: Json = False,
) -> None:
    """Answer a question from the documents, with sources."""
    from rich.console import Console

    from app import json_output
    from app.access import caller_for
    from app.events import Failed, told_once
    from app.question import Question
    from app.terminal import show_event

    home = _home()
    out = Console()
    last = None
    try:
        caller = caller_for(home.engine, email)
        for event in told_once(home.desk.ask(Question(question, caller, conversation))):
            last = event
            if not as_json:
                show_event(event, out)
    except QuestionRefused as exc:
        if not as_json:
            raise
        _print_json(json_output.of_unasked(exc))
        raise typer.Exit(exc.exit_code) from exc
    if as_json and last is not None:
        _print_json(json_output.of_answer(last))
    if isinstance(last, Failed):
        raise typer.Exit(1)


@app.command(epilog='Example: frontdesk search "parental leave" -k 3')
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many hits.")] = 5,
    email: As = "",
    as_json: Json = False,
) -> None:
    """Show what is found for a question, with scores."""
    from app import json_output
    from app.access import caller_for
    from app.question import refuse_unusable
    from app.quoting import QuotingAnswerer
    from app.terminal import show_hits

    refuse_unusable(question)
    home = _home()
    QuotingAnswerer(home.retriever).check(question)
    hits = home.retriever.search(question, caller_for(home.engine, email).scope, k)
    if as_json:
        _print_json(json_output.of_hits(hits))
    else:
        show_hits(hits)


@app.command(epilog="Example: frontdesk documents --json")
def documents(
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="Only those that are nearly the same as another one.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the documents, who may read them, what to look at in them, and what could not be read."""
    from app import json_output
    from app.terminal import show_documents, show_near_copies, show_rows
    from retrieval.ledger.documents import entries, texts
    from retrieval.ledger.runs import known_failures

    engine = _home().engine
    if duplicates:
        from retrieval.near_copies import near_copies

        groups = near_copies(texts(engine))
        if as_json:
            _print_json(json_output.of_near_copies(groups))
        else:
            show_near_copies(groups)
        return
    known, failures = entries(engine), known_failures(engine)
    if as_json:
        _print_json(json_output.of_documents(known, failures))
        return
    show_documents(known)
    if failures:
        show_rows("Could not be read", [(one.uri, one.reason) for one in failures], ("uri", "reason"))


@app.command(epilog="Example: frontdesk doctor")
def doctor(as_json: Json = False) -> None:
    """Show each setting with its origin, and what is wrong here."""
    from app.doctor import examine
    from app.settings import load
    from app.terminal import show_rows

    settings = load()
    report = examine(settings)
    if as_json:
        _print_json(report.as_json())
    else:
        show_rows("Settings", report.settings, ("setting", "value", "origin", "decides"))
        show_rows(
            "Checks",
            [(c.name, "ok" if c.ok else "WRONG", c.found) for c in report.checks],
            ("check", "", "found"),
        )
    if not report.ok:
        raise typer.Exit(1)


@app.command(epilog="Example: frontdesk serve")
def serve() -> None:
    """Run the server, on 127.0.0.1 where no setting says otherwise."""
    from app import processes

    processes.serve(_home(), lambda line: print(line, flush=True))


@app.command(epilog="Example: frontdesk web --as sam@example.com")
def web(email: As = "") -> None:
    """Run the web page on 127.0.0.1; the server must be running."""
    from app import processes
    from app.settings import load

    raise typer.Exit(processes.web(load(), email))


@app.command(epilog="Example: frontdesk up --demo")
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="With an invented sample company, in a home of its own.")
    ] = False,
    email: As = "",
) -> None:
    """Run server and web page together."""
    from app import demo as demo_home
    from app import processes
    from app.settings import load

    settings = load()
    if demo:
        settings = load(home=settings.home / "demo", demo=True, ledger="")
        print(demo_home.banner(settings))
        demo_home.fill(settings)
    raise typer.Exit(processes.up(settings, email, print))


@app.command(epilog="Example: frontdesk evaluate data/eval --compare --report report.html")
def evaluate(
    set_dir: Annotated[Path, typer.Argument(help="Folder with corpus.jsonl, queries.jsonl and qrels.tsv.")],
    split: Annotated[str, typer.Option(metavar="dev|test", help="Ask the questions of this half only.")] = "",
    compare: Annotated[
        bool, typer.Option("--compare", help="The usual recipes of LangChain, LlamaIndex and Haystack beside ours.")
    ] = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a page with plots.")] = None,
    as_json: Json = False,
) -> None:
    """Measure retrieval, quoting and refusing on a set of questions."""
    from datetime import UTC, datetime

    from app.evaluate import Unwatched
    from app.evaluate import evaluate as run
    from app.evaluation import json_output, numbers, plots
    from app.evaluation.report import write_report
    from app.settings import load
    from app.terminal import StepBar, show_numbers

    if report:
        plots.require_packages()
    with nullcontext(Unwatched()) if as_json else StepBar() as watch:
        evaluation = run(set_dir, load(), watch, split=split, compare=compare)
    found = numbers.numbers_of(evaluation)
    written = write_report(report, evaluation, found, datetime.now(UTC).date()) if report else []
    if as_json:
        _print_json(json_output.of_numbers(found))
        return
    show_numbers(found)
    for path in written:
        print(f"Wrote {path}")


if __name__ == "__main__":
    main()
