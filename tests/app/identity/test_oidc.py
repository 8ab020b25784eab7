"""OpenID Connect against a real provider of ours: what it may vouch for, and every forgery that it may not."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from joserfc.jwk import RSAKey

from app.identity.oidc import Claims, OpenIdConnect, Provider, ProviderUnavailable
from retrieval.errors import NotSignedIn
from tests.app.identity.provider import CLIENT, SmallProvider, small_provider

BACK = "http://127.0.0.1:8611/oidc/callback"


@pytest.fixture(scope="module")
def running() -> Iterator[SmallProvider]:
    with small_provider() as provider:
        yield provider


@pytest.fixture
def small(running: SmallProvider) -> SmallProvider:
    """The provider, telling the truth."""
    running.changes, running.signs_with, running.algorithm = {}, None, "RS256"
    running.asked.clear()
    return running


def relying(small: SmallProvider) -> OpenIdConnect:
    return OpenIdConnect(Provider(small.issuer, CLIENT, "secret", BACK, "groups"))


def signed_in(small: SmallProvider) -> Claims:
    """Go there, agree, come back."""
    ours = relying(small)
    started = ours.start()
    state, code = small.visited(started.url)
    return ours.finish(started.kept, state, code)


def test_whoever_signs_in_there_is_vouched_for(small: SmallProvider) -> None:
    assert signed_in(small) == Claims(f"{small.issuer}|7", "nia@office.example", "Nia", True, ("hr",))  # noqa: FBT003


def test_groups_are_none_where_no_claim_names_them(small: SmallProvider) -> None:
    ours = OpenIdConnect(Provider(small.issuer, CLIENT, "", BACK))
    started = ours.start()
    assert ours.finish(started.kept, *small.visited(started.url)).groups is None


def test_the_browser_is_sent_with_a_challenge_and_without_a_secret(small: SmallProvider) -> None:
    url = relying(small).start().url
    assert "code_challenge_method=S256" in url
    assert "secret" not in url
    assert relying(small).start().url != url


NOW = int(time.time())
FORGERIES = {
    "for another client": {"aud": "another"},
    "for several without saying which": {"aud": [CLIENT, "another"]},
    "for another party": {"azp": "another"},
    "from another issuer": {"iss": "http://evil.example"},
    "for another login": {"nonce": "another"},
    "expired": {"exp": NOW - 120},
    "issued in the future": {"iat": NOW + 600, "exp": NOW + 900},
    "not valid yet": {"nbf": NOW + 600},
    "without a subject": {"sub": None},
    "without an end": {"exp": None},
    "without a nonce": {"nonce": None},
    "without an audience": {"aud": None},
    "without an issuer": {"iss": None},
}


@pytest.mark.parametrize("changes", FORGERIES.values(), ids=FORGERIES)
def test_a_token_that_is_wrong_is_refused(small: SmallProvider, changes: dict[str, object]) -> None:
    small.changes = changes
    with pytest.raises(NotSignedIn, match="did not vouch for you"):
        signed_in(small)


@pytest.mark.parametrize(
    "changes", [{"exp": NOW - 20}, {"iat": NOW + 20}, {"nbf": NOW + 20}], ids=["exp", "iat", "nbf"]
)
def test_clocks_may_differ_a_little(small: SmallProvider, changes: dict[str, object]) -> None:
    now = int(time.time())
    small.changes = {name: now + (-20 if name == "exp" else 20) for name in changes}
    assert signed_in(small).email == "nia@office.example"


def test_a_signature_of_another_key_is_refused(small: SmallProvider) -> None:
    small.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(NotSignedIn):
        signed_in(small)


def test_the_public_key_is_no_secret_to_sign_with(small: SmallProvider) -> None:
    ours = relying(small)
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "one"}).encode()).rstrip(b"=")
    signed = head + b"." + small.token().split(".")[1].encode()
    for secret in (small.key.as_pem(private=False), json.dumps(small.key.as_dict(private=False)).encode(), b""):
        seal = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
        with pytest.raises(NotSignedIn):
            ours.checked((signed + b"." + seal).decode(), small.nonce)


def test_a_token_without_a_signature_is_refused(small: SmallProvider) -> None:
    ours = relying(small)
    head, body, _ = small.token().split(".")
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    for token in (f"{unsigned}.{body}.", f"{head}.{body}.", "no.token.at-all", ""):
        with pytest.raises(NotSignedIn):
            ours.checked(token, small.nonce)


def test_what_was_begun_in_another_browser_ends_nowhere(small: SmallProvider) -> None:
    ours = relying(small)
    mine, other = ours.start(), ours.start()
    state, code = small.visited(other.url)
    for kept in (mine.kept, "", "a.b", "a.b.c.d"):
        with pytest.raises(NotSignedIn, match="not begun in this browser"):
            ours.finish(kept, state, code)
    assert "/token" not in small.asked


def test_a_code_without_its_verifier_is_worth_nothing(small: SmallProvider) -> None:
    ours = relying(small)
    started = ours.start()
    state, code = small.visited(started.url)
    first, second, _ = started.kept.split(".")
    with pytest.raises(NotSignedIn, match="did not vouch"):
        ours.finish(f"{first}.{second}.another-verifier", state, code)


def test_an_address_counts_as_verified_only_when_the_provider_says_so(small: SmallProvider) -> None:
    for changes in ({"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}, {"email": None}):
        small.changes = changes
        assert not signed_in(small).verified


def test_keys_are_read_once(small: SmallProvider) -> None:
    ours = relying(small)
    for _ in range(3):
        started = ours.start()
        ours.finish(started.kept, *small.visited(started.url))
    assert small.asked.count("/keys") == small.asked.count("/.well-known/openid-configuration") == 1


def test_a_provider_that_is_away_or_another_is_told(small: SmallProvider) -> None:
    away = Provider("http://127.0.0.1:9", CLIENT, "", BACK)
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        OpenIdConnect(away).start()
    with pytest.raises(ProviderUnavailable, match="calls itself .* Set FRONTDESK_OIDC_ISSUER to that"):
        OpenIdConnect(replace(away, issuer=f"{small.issuer}/")).start()
