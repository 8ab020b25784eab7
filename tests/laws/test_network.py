"""Law 8 wherever the ledger and the vectors are: a process connects to the hosts that its settings name, to no other.

The kernel's calls are recorded: libpq and gRPC are C code, which no hook of Python sees.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.finetune.example import write_examples
from tests.app.finetune.examples import examples
from tests.conftest import write

pytestmark = pytest.mark.heavy

NOWHERE = "http://192.0.2.1:9"  # an address that is never given to anybody (RFC 5737)
PROXIES = ("http_proxy", "https_proxy", "grpc_proxy", "ALL_PROXY")
TRACING = {"LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": "key", "OTEL_EXPORTER_OTLP_ENDPOINT": NOWHERE}
ASKED_FOR = dict.fromkeys((*PROXIES, "LANGSMITH_ENDPOINT"), NOWHERE) | TRACING
# Runs the commands one after the other in one process: each argument is a command, its words divided by bars.
COMMANDS = """
import sys
from app.cli import main
for line in sys.argv[1:]:
    sys.argv[1:] = line.split("|")
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, ended.code
"""
MAPPED = "::ffff:"  # before an address of IPv4 in a socket of IPv6
ADDRESS = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"')


def reached(folder: Path, script: str, *arguments: str, **settings: str) -> tuple[str, set[str]]:
    """What a process printed, and each HOST:PORT that it connected or sent something to."""
    log = folder / "calls.log"
    trace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]
    done = subprocess.run(
        [*trace, sys.executable, "-c", script, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]}
        | settings,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, {f"{host.removeprefix(MAPPED)}:{port}" for port, host in ADDRESS.findall(log.read_text())}


def test_the_record_sees_what_c_code_connects_to(tmp_path: Path) -> None:
    script = (
        "import contextlib, psycopg\n"
        "with contextlib.suppress(psycopg.OperationalError):\n"
        "    psycopg.connect('postgresql://ann@192.0.2.1:9/x', connect_timeout=2)"
    )
    assert reached(tmp_path, script) == ("", {"192.0.2.1:9"})


def test_only_the_hosts_that_the_settings_name_are_connected_to(backend: dict[str, str], tmp_path: Path) -> None:
    notes = write(
        tmp_path / "notes", {"a.md": "# Leave\n\nEverybody has 27 days of leave.", "b.md": "# Pay\n\nMonthly."}
    )
    lines = [
        f"ingest|{notes}",
        "ask|How many days of leave has everybody?",
        "index|rebuild",
        "delete|notes/b.md|--verify",
    ]
    settings = {"FRONTDESK_HOME": str(tmp_path / "home")}
    settings |= {f"FRONTDESK_{name.upper()}": value for name, value in backend.items()}
    printed, hosts = reached(tmp_path, COMMANDS, *lines, **ASKED_FOR, **settings)
    assert "Everybody has 27 days of leave." in printed
    assert hosts == {found for value in backend.values() for found in re.findall(r"[\d.]+:\d+", value)}


def test_training_connects_to_nothing(llama_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_examples(tmp_path / "data" / "train.jsonl", examples(12))
    train = f"finetune|train|--base|{llama_dir}|--data|{tmp_path / 'data'}|--out|{tmp_path / 'out'}|--length|512"
    hubs = {"HF_ENDPOINT": NOWHERE, "HF_HUB_OFFLINE": "0", "WANDB_MODE": "online", "WANDB_BASE_URL": NOWHERE}
    printed, hosts = reached(
        tmp_path, COMMANDS, f"{train}|--epochs|1", **ASKED_FOR, **hubs, FRONTDESK_HOME=str(tmp_path / "home")
    )
    assert "Wrote" in printed
    assert hosts == set()
