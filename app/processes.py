"""Running the server, the page and the Slack bot: `serve` in this process, the others and `up` as child processes."""

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import httpx

from app.bootstrap import Home
from app.door import KEY_FILE, service_key
from app.identity.sign_in import first_admin_link
from app.settings import Settings
from app.supervision import Program, Supervision
from retrieval.errors import FrontdeskError, PortInUse, Unusable

HOST = "127.0.0.1"
_EVERYWHERE = {"0.0.0.0": HOST, "::": "[::1]"}  # noqa: S104 - listening everywhere, reached here
_PAGE = Path(__file__).resolve().parent.parent / "ui" / "web_server.py"
_STOP_SECONDS = 10.0
_LOOK_SECONDS = 0.2
_HANDED_ON = ("home", "ledger", "index", "port", "web_port", "web_url", "demo", "host", "login")


def serve(home: Home, say: Callable[[str], None]) -> None:
    """Run the server until it is told to stop."""
    import uvicorn

    from app.observation import logs
    from app.server import make_app

    refuse_open_house(home.settings)
    logs.set_up(logging.getLogger().level, as_json=home.settings.log == "json")
    listening = _listen(home.settings, home.settings.port, "FRONTDESK_PORT")
    _ = home.engine  # the home must exist before its key does
    app = make_app(home, service_key(home.settings.home))
    if home.settings.login == "local":
        link = first_admin_link(home.engine, home.settings.page_address)
        if link:
            say(f"Nobody can sign in yet. Become the first admin within an hour at:\n  {link}")
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        proxy_headers=False,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


def web(settings: Settings, email: str) -> int:
    """Run the page until it is told to stop."""
    refuse_open_house(settings)
    _listen(settings, settings.web_port, "FRONTDESK_WEB_PORT").close()
    with subprocess.Popen(page_command(settings), env=page_environment(settings, email)) as page:
        return _waited(page)


def page_command(settings: Settings) -> list[str]:
    """How the page is started."""
    options = {
        "server.address": settings.host,
        "server.port": str(settings.web_port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.enableStaticServing": "false",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "logger.level": "warning",
        "logger.hideWelcomeMessage": "true",
        "theme.base": str(_PAGE.with_name("theme.toml")),
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(_PAGE), *flags]


def page_environment(settings: Settings, email: str) -> dict[str, str]:
    """What the page is told: where the server is, where the key is, for whom it speaks."""
    return os.environ | {
        "FRONTDESK_SERVER": server_url(settings),
        "FRONTDESK_KEY_FILE": str(settings.home / KEY_FILE),
        "FRONTDESK_AS": email,
        "FRONTDESK_LOGIN": settings.login,
        "FRONTDESK_WEB_URL": settings.web_url.rstrip("/"),
        "FRONTDESK_HOST": settings.host,
    }


def slack(settings: Settings) -> int:
    """Run the Slack bot until it is told to stop."""
    refuse_without_tokens(settings)
    with subprocess.Popen(slack_command(), env=slack_environment(settings)) as bot:
        return _waited(bot)


def refuse_without_tokens(settings: Settings) -> None:
    """Raise Unusable unless the bot is told how to reach Slack."""
    if not settings.slack_bot_token.get_secret_value():
        raise Unusable("FRONTDESK_SLACK_BOT_TOKEN is not set. docs/slack.md tells where it comes from")
    if not has_slack(settings):
        raise Unusable(
            "Set FRONTDESK_SLACK_APP_TOKEN for Socket Mode, or FRONTDESK_SLACK_SIGNING_SECRET where Slack sends here"
        )


def has_slack(settings: Settings) -> bool:
    """Whether the tokens of a Slack app are set."""
    way_in = settings.slack_app_token.get_secret_value() or settings.slack_signing_secret.get_secret_value()
    return bool(settings.slack_bot_token.get_secret_value() and way_in)


def slack_command() -> list[str]:
    """How the bot is started."""
    return [sys.executable, "-m", "ui.slack_bot"]


def slack_environment(settings: Settings) -> dict[str, str]:
    """What the bot is told: where the server, the page and Slack are, and the tokens."""
    secrets = ("slack_bot_token", "slack_app_token", "slack_signing_secret")
    told = {name: getattr(settings, name).get_secret_value() for name in secrets}
    told |= {name: str(getattr(settings, name)) for name in ("slack_api", "slack_port", "slack_hr_channel")}
    # People read Slack on their own machines, where 127.0.0.1 is another one.
    page = {"FRONTDESK_PAGE": settings.web_url.rstrip("/")}
    return page_environment(settings, "") | page | {f"FRONTDESK_{name.upper()}": value for name, value in told.items()}


def environment_of(settings: Settings) -> dict[str, str]:
    """What a child of ours is told: the same home, also where it was chosen by a flag."""
    return os.environ | {f"FRONTDESK_{name.upper()}": str(getattr(settings, name)) for name in _HANDED_ON}


def up(settings: Settings, email: str, say: Callable[[str], None]) -> int:
    """Run server, page and, where it has tokens, the Slack bot, until Ctrl-C; what ends by itself is started again."""
    refuse_open_house(settings)
    for port, name in ((settings.port, "FRONTDESK_PORT"), (settings.web_port, "FRONTDESK_WEB_PORT")):
        _listen(settings, port, name).close()
    environment = environment_of(settings)
    kept = Supervision(say, time.monotonic)
    _stop_on_signals()
    try:
        kept.start(Program("The server", [sys.executable, "-m", "app.cli", "serve"], environment))
        kept.start(Program("The page", page_command(settings), environment | page_environment(settings, email)))
        _wait_for(f"{server_url(settings)}/healthz", kept)
        _wait_for(f"http://{_reached_at(settings.host)}:{settings.web_port}/_stcore/health", kept)
        say(f"Page:   {settings.page_address}")
        say(f"Server: {server_url(settings)}  (key in {settings.home / KEY_FILE})")
        if has_slack(settings):
            bot = environment | slack_environment(settings)
            kept.start(Program("The Slack bot", slack_command(), bot, is_needed=False))
            say("Slack:  the bot is started")
        say("Stop with Ctrl-C.")
        while True:
            time.sleep(_LOOK_SECONDS)
            kept.look()
    except KeyboardInterrupt:
        say("Stopping ...")
        return 0
    finally:
        kept.stop()


def _stop_on_signals() -> None:
    # A shell starts background jobs with SIGINT ignored, and a closed terminal would leave the children behind.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # started with nohup
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _waited(child: "subprocess.Popen[bytes]") -> int:
    _stop_on_signals()
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        child.wait(_STOP_SECONDS)
        return 0


def _wait_for(url: str, kept: Supervision) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if not kept.all_run:
            raise FrontdeskError("The server or the page could not be started; what it said stands above")
        try:
            httpx.get(url, timeout=2, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise FrontdeskError(f"{url} did not answer within two minutes")


def refuse_open_house(settings: Settings) -> None:
    """Raise Unusable where others could come in without signing in, or where nobody could sign in."""
    if settings.login == "none" and not _is_here(settings.host):
        raise Unusable(
            f"FRONTDESK_HOST is {settings.host}, where others can reach it, but nobody has to sign in. Set "
            "FRONTDESK_LOGIN to local or oidc first; docs/login.md tells how"
        )
    if settings.login == "oidc" and not (settings.oidc_issuer and settings.oidc_client):
        raise Unusable("FRONTDESK_LOGIN is oidc, so set FRONTDESK_OIDC_ISSUER and FRONTDESK_OIDC_CLIENT")


def server_url(settings: Settings) -> str:
    """Where processes on this machine reach the server."""
    return f"http://{_reached_at(settings.host)}:{settings.port}"


def _reached_at(host: str) -> str:
    return _EVERYWHERE.get(host) or (f"[{host}]" if ":" in host else host)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(settings: Settings, port: int, setting: str) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, port))
    except OSError as exc:
        listening.close()
        if exc.errno != errno.EADDRINUSE:
            raise Unusable(f"FRONTDESK_HOST is {settings.host}, where one cannot listen: {exc.strerror}") from exc
        raise PortInUse(f"Port {port} is in use by another program. Stop it, or set {setting} to a free port") from exc
    return listening
