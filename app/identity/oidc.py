"""OpenID Connect: the authorization code flow with PKCE, and our own check of the ID token that comes back.

Only the issuer that a setting names is spoken to. joserfc checks the tokens; nothing of them is kept but the subject.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.settings import Settings
from retrieval.errors import FrontdeskError, NotSignedIn

LEEWAY = 60  # seconds that two machines' clocks may differ
# Only signatures that need the provider's private key: neither `none` nor one that the public key could be a secret of.
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "ES384", "ES512", "PS384", "PS512")
_PATIENCE = 10.0  # seconds
_KEYS_AGAIN = 30.0  # seconds between two looks for a new key
_REFUSED = "Your company's sign-in did not vouch for you. Please try again, or ask whoever runs it"


class ProviderUnavailable(FrontdeskError):
    """The provider does not answer, or with nothing that can be used."""

    retryable = True
    status = 503


@dataclass(frozen=True, slots=True)
class Provider:
    """What the settings say: whom to trust, as whom we are known there, where people come back to."""

    issuer: str
    client: str
    secret: str
    back: str
    groups_claim: str = ""


def provider_of(settings: Settings) -> "OpenIdConnect | None":
    """The provider that the settings name; None where people sign in otherwise."""
    if settings.login != "oidc":
        return None
    secret, back = settings.oidc_secret.get_secret_value(), f"{settings.page_address}/oidc/callback"
    return OpenIdConnect(Provider(settings.oidc_issuer, settings.oidc_client, secret, back, settings.oidc_groups))


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom the provider vouches for. `groups` is None where these are managed here."""

    subject: str
    email: str
    name: str
    verified: bool
    groups: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes, and what it must bring back: kept in a cookie, so that a login belongs to its browser."""

    url: str
    kept: str


class OpenIdConnect:
    """Signs people in with one provider. What it publishes is read when it is first needed."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._http = httpx.Client(timeout=_PATIENCE, trust_env=False, follow_redirects=False)
        self._reading = threading.Lock()
        self._published: Mapping[str, Any] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def start(self) -> Started:
        """Begin a login."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._provider.client,
            "redirect_uri": self._provider.back,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": _unpadded(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        url = self._place("authorization_endpoint")
        joint = "&" if "?" in url else "?"
        return Started(f"{url}{joint}{urlencode(asked)}", ".".join((state, nonce, verifier)))

    def finish(self, kept: str, state: str, code: str) -> Claims:
        """Whom the provider vouches for, after the browser came back.

        Raises:
            NotSignedIn: what came back is not what was begun, or the ID token is not one for us.
        """
        parts = kept.split(".")
        if len(parts) != 3 or not code or not secrets.compare_digest(parts[0].encode(), state.encode()):
            raise NotSignedIn("This sign-in was not begun in this browser, or too long ago. Please begin again")
        _, nonce, verifier = parts
        return self.checked(self._token_for(code, verifier), nonce)

    def checked(self, token: str, nonce: str) -> Claims:
        """The claims of an ID token whose signature, issuer, audience, times and nonce are right.

        Raises:
            NotSignedIn: one of them is not.
        """
        provider = self._provider
        expected = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._decoded(token)
            expected.validate(claims)
        except (JoseError, ValueError) as exc:
            raise NotSignedIn(_REFUSED) from exc
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if claims.get("azp", provider.client) != provider.client or (len(audiences) > 1 and "azp" not in claims):
            raise NotSignedIn(_REFUSED)
        return self._as_claims(claims)

    def _decoded(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError):
            newer = self._key_set(renew=True)  # the provider may have changed its keys
            return jwt.decode(token, newer, algorithms=_ALGORITHMS).claims

    def _as_claims(self, claims: Mapping[str, Any]) -> Claims:
        email, name = str(claims.get("email") or ""), str(claims.get("name") or "")
        groups = None
        if self._provider.groups_claim:
            stated = claims.get(self._provider.groups_claim) or []
            groups = tuple(map(str, stated)) if isinstance(stated, list) else (str(stated),)
        verified = claims.get("email_verified") is True and bool(email)
        return Claims(f"{self._provider.issuer}|{claims['sub']}", email, name or email, verified, groups)

    def _token_for(self, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._provider.back,
            "client_id": self._provider.client,
            "code_verifier": verifier,
        }
        if self._provider.secret:
            form["client_secret"] = self._provider.secret
        try:
            response = self._http.post(self._place("token_endpoint"), data=form)
        except httpx.HTTPError as exc:
            raise self._unavailable() from exc
        if response.is_client_error:  # the code was used already, or is not ours
            raise NotSignedIn(_REFUSED)
        token = _object(response).get("id_token")
        if not isinstance(token, str):
            raise NotSignedIn(_REFUSED)
        return token

    def _place(self, name: str) -> str:
        with self._reading:
            if self._published is None:
                found = self._read(f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self._provider.issuer:
                    told = f"calls itself {found.get('issuer')!r}. Set FRONTDESK_OIDC_ISSUER to that"
                    raise ProviderUnavailable(f"The sign-in at {self._provider.issuer} {told}")
                self._published = found
            place = self._published.get(name)
        if not isinstance(place, str):
            raise ProviderUnavailable(f"The sign-in at {self._provider.issuer} names no {name}")
        return place

    def _key_set(self, *, renew: bool = False) -> KeySet:
        place = self._place("jwks_uri")
        with self._reading:
            now = time.monotonic()
            if self._keys is None or (renew and now - self._keys[0] > _KEYS_AGAIN):
                self._keys = now, KeySet.import_key_set(self._read(place))  # type: ignore[arg-type]
            return self._keys[1]

    def _read(self, place: str) -> dict[str, Any]:
        try:
            response = self._http.get(place)
            response.raise_for_status()
        except httpx.HTTPError as exc:
            raise self._unavailable() from exc
        return _object(response)

    def _unavailable(self) -> ProviderUnavailable:
        return ProviderUnavailable(f"The sign-in at {self._provider.issuer} does not answer. Please try again later")


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise ProviderUnavailable("Your company's sign-in gave an answer that cannot be read. Please try again later")
    return found


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
