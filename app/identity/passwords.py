"""Passwords: hashed with argon2id, and checked in the same time whether or not there is one."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from retrieval.errors import QuestionRefused

SHORTEST, LONGEST = 12, 256  # characters
_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """What is kept of a password.

    Raises:
        QuestionRefused: it is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise QuestionRefused(f"A password has {SHORTEST} to {LONGEST} characters. Take a few words, for example")
    return _HASHER.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether this is the password; takes as long where none is kept, so that time tells nothing."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(kept or _nobodys(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
