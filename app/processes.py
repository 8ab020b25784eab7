"""Running the server, the page and the Slack bot: `serve` in this process, the others and `up` as child processes."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from app.bootstrap import Home
from app.door import KEY_FILE, service_key
from app.settings import Settings
from retrieval.errors import FrontdeskError, PortInUse, Unusable

HOST = "127.0.0.1"
_PAGE = Path(__file__).resolve().parent.parent / "ui" / "web.py"
_STOP_SECONDS = 10.0
_HANDED_ON = ("home", "ledger", "index", "port", "web_port", "demo")


def serve(home: Home) -> None:
    """Run the server until it is told to stop."""
    import uvicorn

    from app.observation import logs
    from app.server import make_app

    logs.set_up(logging.getLogger().level, as_json=home.settings.log == "json")
    listening = _listen(home.settings.port, "FRONTDESK_PORT")
    _ = home.engine  # the home must exist before its key does
    app = make_app(home, service_key(home.settings.home))
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    uvicorn.Server(config).run(sockets=[listening])


def web(settings: Settings, email: str) -> int:
    """Run the page until it is told to stop."""
    _listen(settings.web_port, "FRONTDESK_WEB_PORT").close()
    with subprocess.Popen(page_command(settings), env=page_environment(settings, email)) as page:
        return _waited(page)


def page_command(settings: Settings) -> list[str]:
    """How the page is started."""
    options = {
        "server.address": HOST,
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
        "FRONTDESK_SERVER": f"http://{HOST}:{settings.port}",
        "FRONTDESK_KEY_FILE": str(settings.home / KEY_FILE),
        "FRONTDESK_AS": email,
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
    page = {"FRONTDESK_PAGE": f"http://{HOST}:{settings.web_port}"}
    return page_environment(settings, "") | page | {f"FRONTDESK_{name.upper()}": value for name, value in told.items()}


def environment_of(settings: Settings) -> dict[str, str]:
    """What a child of ours is told: the same home, also where it was chosen by a flag."""
    return os.environ | {f"FRONTDESK_{name.upper()}": str(getattr(settings, name)) for name in _HANDED_ON}


def up(settings: Settings, email: str, say: Callable[[str], None]) -> int:
    """Run server, page and, where it has tokens, the Slack bot, until Ctrl-C or until one of the first two ends."""
    for port, name in ((settings.port, "FRONTDESK_PORT"), (settings.web_port, "FRONTDESK_WEB_PORT")):
        _listen(port, name).close()
    environment = environment_of(settings)
    children: list[subprocess.Popen[bytes]] = []
    _stop_on_signals()
    try:
        # A process group of their own: Ctrl-C reaches us alone, and we stop them in order.
        children.append(_start([sys.executable, "-m", "app.cli", "serve"], environment))
        children.append(_start(page_command(settings), environment | page_environment(settings, email)))
        _wait_for(f"http://{HOST}:{settings.port}/healthz", children)
        _wait_for(f"http://{HOST}:{settings.web_port}/_stcore/health", children)
        say(f"Page:   http://{HOST}:{settings.web_port}")
        say(f"Server: http://{HOST}:{settings.port}  (key in {settings.home / KEY_FILE})")
        if has_slack(settings):
            children.append(_start(slack_command(), environment | slack_environment(settings)))
            say("Slack:  the bot is started")
        say("Stop with Ctrl-C.")
        while all(child.poll() is None for child in children[:2]):
            time.sleep(0.2)
            if children[2:] and children[2].poll() is not None:
                say("The Slack bot ended; what it said stands above. See: frontdesk slack check")
                del children[2]
        raise FrontdeskError("The server or the page ended unexpectedly; what it said stands above")
    except KeyboardInterrupt:
        say("Stopping ...")
        return 0
    finally:
        _stop(children)


def _start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=environment, start_new_session=True, stdin=subprocess.DEVNULL)


def _stop_on_signals() -> None:
    # A shell starts background jobs with SIGINT ignored, and a closed terminal would leave the children behind.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # started with nohup
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _stop(children: list["subprocess.Popen[bytes]"]) -> None:
    for child in reversed(children):
        child.terminate()
    for child in children:
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _waited(child: "subprocess.Popen[bytes]") -> int:
    _stop_on_signals()
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        child.wait(_STOP_SECONDS)
        return 0


def _wait_for(url: str, children: list["subprocess.Popen[bytes]"]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            raise FrontdeskError("The server or the page could not be started; what it said stands above")
        try:
            httpx.get(url, timeout=2, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise FrontdeskError(f"{url} did not answer within two minutes")


def _listen(port: int, setting: str) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as exc:
        listening.close()
        raise PortInUse(f"Port {port} is in use by another program. Stop it, or set {setting} to a free port") from exc
    return listening
