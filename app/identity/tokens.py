"""Secrets that are given to somebody once and kept as digests only."""

import hashlib
import secrets

SESSION, KEY, LINK = "fds_", "fdk_", "fdl_"


def new_token(kind: str) -> str:
    """A token that cannot be guessed; its beginning says what it is, also to scanners that look for leaked secrets."""
    return kind + secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is kept of a token. It is random already, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
