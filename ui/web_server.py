"""The page's process: Streamlit's page behind our gate, with our own routes to sign in and out.

`streamlit run` finds `app` here; `frontdesk web` and `up` start it and tell it where the server is.
"""

import base64
import hashlib
import os
import re
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from app.identity.login_client import LoginClient
from ui.web_gate import Gate, House
from ui.web_login import HANDLERS, Login

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _own_scripts() -> str:
    """The scripts in Streamlit's own document, each by its hash, as a content security policy names them."""
    document = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(document))
    return "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


_house = House(
    os.environ.get("FRONTDESK_LOGIN", "none"),
    os.environ.get("FRONTDESK_WEB_URL", ""),
    os.environ.get("FRONTDESK_HOST", "127.0.0.1"),
    _own_scripts(),
)


_client = LoginClient(
    os.environ.get("FRONTDESK_SERVER", "http://127.0.0.1:8610"), Path(os.environ.get("FRONTDESK_KEY_FILE", ""))
)

app = st.App(
    Path(__file__).with_name("web.py"),
    routes=Login(_house, _client).routes,
    middleware=[Middleware(Gate, house=_house, who=_client.who)],
    exception_handlers=HANDLERS,
)
