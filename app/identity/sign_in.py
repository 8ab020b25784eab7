"""Signing in with a password, with a link for one use, or as whom the company's provider vouches for."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from app import people
from app.identity import accounts, audit, links, passwords, sessions
from app.identity.oidc import Claims
from app.identity.throttle import Throttle
from app.people import Person
from retrieval.access import ADMINS
from retrieval.errors import Forbidden, Missing, NotSignedIn

_WRONG = "The e-mail address or the password is wrong"
_USED = "This link was used already or has expired. Ask an admin for a new one"
_ADMIN = ADMINS.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody says who comes with a link; only the first admin says who they are."""

    password: str
    email: str = ""
    name: str = ""


def with_password(engine: Engine, throttle: Throttle, email: str, password: str, address: str) -> str:
    """A session's token for whoever knows the password.

    Raises:
        NotSignedIn: the same sentence in the same time, whatever was wrong.
        TooMany: too many attempts.
    """
    email = people.normal(email)
    throttle.sign_in(email, address)
    account = accounts.account_of(engine, email)
    kept = account.password if account and not account.suspended else ""
    if not passwords.fits(kept, password):
        raise NotSignedIn(_WRONG)
    throttle.signed_in(email, address)
    return sessions.begin(engine, email)


def with_link(engine: Engine, link: str, newcomer: Newcomer) -> str:
    """A session's token for whoever has a link that was not used; their password is the one they choose.

    Raises:
        NotSignedIn: the link opens nothing.
        QuestionRefused, Unusable: the password or the address cannot be taken; the link still opens then.
    """
    known = links.look(engine, link)
    if known is None:
        raise NotSignedIn(_USED)
    hashed = passwords.hashed(newcomer.password)
    person = Person(known or people.normal(newcomer.email), newcomer.name.strip(), (_ADMIN,), "")
    if known == links.FIRST_ADMIN:
        people.refuse_odd(person)
        if accounts.has_admin(engine):  # somebody was faster
            raise NotSignedIn(_USED)
    if links.use(engine, link) is None:
        raise NotSignedIn(_USED)
    if known == links.FIRST_ADMIN:
        people.add(engine, person)
        audit.note(engine, person.email, "became the first admin", person.email)
    accounts.set_password(engine, person.email, hashed)
    return sessions.begin(engine, person.email)


def as_provider_says(engine: Engine, claims: Claims) -> str:
    """A session's token for whom the company's provider vouches; a new colleague becomes known.

    Raises:
        NotSignedIn: the provider has not verified the address.
        Forbidden: the account is suspended.
    """
    email = accounts.owner_of(engine, claims.subject) or people.normal(claims.email)
    if not claims.verified:
        raise NotSignedIn("Your company's sign-in has not verified your e-mail address. Ask whoever runs it")
    account = accounts.account_of(engine, email)
    if account and account.suspended:
        raise Forbidden("Your account is suspended. Ask an admin")
    if account and account.subject not in ("", claims.subject):
        raise NotSignedIn("This e-mail address belongs to another account of your company's sign-in. Ask an admin")
    if account is None:
        people.add(engine, Person(email, claims.name, (), ""))
    accounts.set_subject(engine, email, claims.subject)
    if claims.groups is not None:
        people.regroup(engine, email, claims.groups)
    return sessions.begin(engine, email)


def change_password(engine: Engine, throttle: Throttle, email: str, old: str, new: str) -> str:
    """Take a new password for the old one; every session ends, and this is the token of a new one.

    Raises:
        NotSignedIn: the old one is wrong.
    """
    throttle.sign_in(email, "")
    account = accounts.account_of(engine, email)
    if not passwords.fits(account.password if account else "", old):
        raise NotSignedIn("The present password is wrong")
    accounts.set_password(engine, email, passwords.hashed(new))
    throttle.signed_in(email, "")
    return sessions.begin(engine, email)


def link_for(engine: Engine, page: str, email: str, lasts: timedelta = links.FOR_INVITED) -> str:
    """The address where somebody who is known chooses a password.

    Raises:
        Missing: nobody has this address.
        Forbidden: the account is suspended.
    """
    account = accounts.account_of(engine, email) if email else None
    if email and account is None:
        raise Missing(f"Nobody with the address {email!r} is known. Invite them with: frontdesk people invite {email}")
    if account and account.suspended:
        raise Forbidden(f"{email} is suspended. Let them in again with: frontdesk people resume {email}")
    return f"{page}/welcome?link={links.make(engine, email, lasts)}"


def first_admin_link(engine: Engine, page: str) -> str:
    """The address where the first admin is made; empty where one can come in already."""
    return "" if accounts.has_admin(engine) else link_for(engine, page, links.FIRST_ADMIN, links.FOR_FIRST_ADMIN)
