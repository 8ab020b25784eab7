"""Tokens: random, recognisable, and never kept themselves."""

from app.identity.tokens import KEY, SESSION, digest_of, new_token


def test_two_tokens_differ_and_say_what_they_are() -> None:
    first, second = new_token(SESSION), new_token(SESSION)
    assert first != second
    assert first.startswith("fds_")
    assert new_token(KEY).startswith("fdk_")
    assert len(first) >= 40


def test_a_digest_is_of_one_token_and_does_not_hold_it() -> None:
    assert digest_of("fds_one") == digest_of("fds_one") != digest_of("fds_two")
    assert "one" not in digest_of("fds_one")
