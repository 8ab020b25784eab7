"""`frontdesk people`: who may ask, who is in which group, and who can sign in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.bootstrap import Home

people_app = typer.Typer(help="Who may ask, who is in which group, and who can sign in.", no_args_is_help=True)

_Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's e-mail address.")]


@people_app.command("import", epilog="Example: frontdesk people import people.csv")
def import_people(
    path: Annotated[Path, typer.Argument(help="CSV with the columns email,name,groups,country; groups parted by `;`.")],
) -> None:
    """Replace the people and groups by those of a CSV file; who is not in it is known no more."""
    from app import people

    everybody = people.read_csv(path)
    people.replace_all(_home().engine, everybody)
    groups = {group for person in everybody for group in person.groups}
    typer.echo(f"{len(everybody)} people in {len(groups)} groups: {', '.join(sorted(groups)) or 'none'}")


@people_app.command("list", epilog="Example: frontdesk people list")
def list_people() -> None:
    """Show who is known, and who can sign in."""
    from app.identity import accounts
    from app.terminal import show_rows

    found = accounts.listed(_home().engine)
    if not found:
        typer.echo("Nobody is known yet. Begin with: frontdesk people import FILE, or frontdesk people invite EMAIL")
        return
    rows = [(one.email, one.name, _stands(one)) for one in found]
    show_rows("People", rows, ("e-mail", "name", "sign-in"))


@people_app.command(epilog="Example: frontdesk people invite sam@example.com --name 'Sam Whitlock' --group hr")
def invite(
    email: _Email,
    name: Annotated[str, typer.Option("--name", help="How the page greets them.")] = "",
    group: Annotated[list[str] | None, typer.Option("--group", help="A group to join; may be repeated.")] = None,
) -> None:
    """Make somebody known, and print the link with which they choose a password."""
    from app import people
    from app.identity import audit
    from app.people import Person

    home = _home()
    person = Person(people.normal(email), name, tuple(group or ()), "")
    people.add(home.engine, person)
    audit.note(home.engine, audit.TERMINAL, "invited", person.email)
    typer.echo(f"{person.email} is known now")
    _print_link(home, person.email)


@people_app.command(epilog="Example: frontdesk people password sam@example.com")
def password(email: _Email) -> None:
    """Print a link with which somebody chooses a new password."""
    from app import people
    from app.identity import audit

    home = _home()
    _print_link(home, people.normal(email))
    audit.note(home.engine, audit.TERMINAL, "made a password link", people.normal(email))


@people_app.command(epilog="Example: frontdesk people suspend sam@example.com")
def suspend(email: _Email) -> None:
    """Shut somebody out at once: page, API keys, Slack."""
    from app.identity import accounts, audit

    home = _home()
    known = _known(home, email)
    accounts.suspend(home.engine, known)
    audit.note(home.engine, audit.TERMINAL, "suspended", known)
    typer.echo(f"{known} is shut out: sessions have ended, keys are revoked. Undo: frontdesk people resume {known}")


@people_app.command(epilog="Example: frontdesk people resume sam@example.com")
def resume(email: _Email) -> None:
    """Let somebody in again; keys stay revoked."""
    from app.identity import accounts, audit

    home = _home()
    known = _known(home, email)
    accounts.resume(home.engine, known)
    audit.note(home.engine, audit.TERMINAL, "let in again", known)
    typer.echo(f"{known} can sign in again")


def _print_link(home: "Home", email: str) -> None:
    from app.identity import sign_in

    if home.settings.login != "local":
        typer.echo(f"No password is needed: login is {home.settings.login} (docs/login.md)")
        return
    link = sign_in.link_for(home.engine, home.settings.page_address, email)
    typer.echo(f"Give them this link; it opens once, within three days:\n  {link}")


def _known(home: "Home", email: str) -> str:
    from app import people
    from app.identity import accounts
    from retrieval.errors import Missing

    account = accounts.account_of(home.engine, people.normal(email))
    if account is None:
        raise Missing(f"Nobody with the address {email!r} is known. See: frontdesk people list")
    return account.email


def _stands(account: object) -> str:
    from app.identity.accounts import Account

    assert isinstance(account, Account)
    if account.suspended:
        return "suspended"
    ways = {"password": account.password, "company account": account.subject}
    return ", ".join(way for way, kept in ways.items() if kept) or "not yet"


def _home() -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load())
