"""A small OpenID Connect provider on 127.0.0.1, for tests: it signs what it is told to, right or wrong."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = "frontdesk"


@dataclass
class SmallProvider:
    """What it says of itself and of whoever signs in. `changes` replace claims of the token; None drops one."""

    issuer: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signs_with: Any = None
    asked: list[str] = field(default_factory=list)
    nonce: str = ""
    challenge: str = ""

    def visited(self, url: str) -> tuple[str, str]:
        """A browser was sent here and its person agreed; returns state and code."""
        told = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.nonce, self.challenge = told["nonce"], told["code_challenge"]
        return told["state"], "the-code"

    def token(self) -> str:
        """The ID token as it stands now."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "7",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "nia@office.example",
            "email_verified": True,
            "name": "Nia",
            "groups": ["hr"],
        } | self.changes
        present = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, present, self.signs_with or self.key, algorithms=[self.algorithm])

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any] | None:
        """What it answers; None where it refuses."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.issuer} | {name: f"{self.issuer}/{place}" for name, place in places.items()}
        if path == "/keys":
            return dict(KeySet([self.key]).as_dict(private=False))
        if path == "/token" and form.get("code") == "the-code" and self._is_challenged(form["code_verifier"]):
            return {"id_token": self.token(), "access_token": "unused", "token_type": "Bearer"}
        return None

    def _is_challenged(self, verifier: str) -> bool:
        import base64
        import hashlib

        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge


@contextmanager
def small_provider() -> Iterator[SmallProvider]:
    """Run one until the block ends."""
    provider = SmallProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            found = provider.answer(self.path, form)
            data = json.dumps(found or {"error": "invalid_grant"}).encode()
            self.send_response(400 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
