"""The loop of finetuning from end to end, on two processor cores: data, training, judgement, promotion, a live switch.

    make finetune-demo
    python -m tests.bench.finetune_demo /models/my-llama      # begins with another one

The Llama that answers at first is that of our tests, trained from nothing on invented talks: it knows the form of an
answer and nothing of the sample company. All its weights are finetuned (16 MB, so few are they) on questions made from
the company's documents. It is judged on questions from documents that the training never saw, and promoted; the server
that runs all along then answers with it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.client import Client, Unanswered
from app.quiet import share_processors, switch_off_telemetry
from tests.serving import free_port
from tests.tiny_llama import tiny_llama

ROOT = Path(__file__).parent.parent.parent
QUESTION = "How many days of annual leave does every employee have?"
FEWEST_QUESTIONS, ASKED = 300, 320
WINDOW, ANSWER = 1280, 96  # tokens: prompts of this size are read quickly here; an answer cut off early cites nothing
_PATIENCE = 180.0  # seconds for the server to start or to switch


class Stage:
    """Runs the commands in one home and says what they took."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.began = time.monotonic()
        self.environment = os.environ | {
            "FRONTDESK_HOME": str(folder / "home"),
            "FRONTDESK_PORT": str(self.port),
            "FRONTDESK_LLM_WINDOW": str(WINDOW),
            "FRONTDESK_ANSWER_TOKENS": str(ANSWER),
        }

    def run(self, *command: str) -> None:
        """A command of Frontdesk, shown as a person would type it."""
        say(f"$ frontdesk {' '.join(command)}")
        began, computed = time.monotonic(), of_processors()
        ran = subprocess.run([sys.executable, "-m", "app.cli", *command], cwd=ROOT, env=self.environment, check=False)
        took = f"{time.monotonic() - began:.0f} s, {of_processors() - computed:.0f} s of a processor"
        say(f"[{took}; {(time.monotonic() - self.began) / 60:.1f} min since the beginning]\n")
        if ran.returncode:
            raise SystemExit(f"`frontdesk {' '.join(command[:2])}` did not succeed: the demo ends here.")

    @contextmanager
    def server(self) -> Iterator[Client]:
        """A server in a process of its own, until the block ends."""
        say("$ frontdesk serve")
        child = subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], cwd=ROOT, env=self.environment)
        key = self.folder / "home" / "service.key"
        try:
            wait_for(key.exists)
            client = Client(f"http://127.0.0.1:{self.port}", key.read_text().strip())
            wait_for(lambda: bool(answering(client)))
            yield client
            assert child.poll() is None, "the server ended"
            client.close()
        finally:
            child.terminate()
            child.wait()


def say(text: str) -> None:
    """To the person who watches."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def of_processors() -> float:
    """Seconds that the commands computed, whatever else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_for(come: Callable[[], bool]) -> None:
    """Until it is true."""
    deadline = time.monotonic() + _PATIENCE
    while not come():
        if time.monotonic() > deadline:
            raise SystemExit("This took too long")
        time.sleep(0.5)


def answering(client: Client) -> str:
    """What answers now; empty while the server starts."""
    try:
        return str(client.ready()["model"])
    except Unanswered:
        return ""


def show_answer(client: Client) -> None:
    """One question, as anybody would ask it."""
    *_, told = client.ask(QUESTION)
    said = getattr(told, "answer", "") or getattr(told, "message", "")
    say(f"{answering(client)} is asked: {QUESTION}\n  {said.strip().splitlines()[0] if said.strip() else told}\n")


def main() -> None:
    """All of it; ends with an error when the new one is not shown to be better."""
    switch_off_telemetry()
    share_processors()
    with tempfile.TemporaryDirectory(prefix="finetune-demo-") as folder:
        stage = Stage(Path(folder))
        data, adapter, verdict = (str(Path(folder) / name) for name in ("dataset", "hr-llama", "verdict"))
        base = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else tiny_llama(ROOT / ".cache").resolve()
        stage.run("ingest", "data/company")
        stage.run("models", "register", str(base), "--name", "small-llama")
        stage.run("models", "promote", "small-llama/1", "--anyway", "the demo begins with it")
        with stage.server() as client:
            show_answer(client)
            before = answering(client)
            stage.run(
                *(
                    "finetune",
                    "data",
                    "--out",
                    data,
                    "--per-document",
                    "24",
                    "--test-share",
                    "0.5",
                    "--refusals",
                    "0.03",
                ),
                *("--tokenizer", str(base), "--window", str(WINDOW)),
            )
            stage.run(
                *("finetune", "train", "--base", str(base), "--data", data, "--out", adapter),
                *("--full", "--rate", "0.002", "--epochs", "3", "--batch", "2", "--length", str(WINDOW)),
            )
            stage.run("finetune", "judge", adapter, "--data", data, "--out", verdict, "--most", str(ASKED))
            stage.run("models", "register", adapter, "--name", "hr-llama")
            stage.run("models", "promote", "hr-llama/1", "--verdict", verdict)
            wait_for(lambda: answering(client) != before)
            show_answer(client)
        check(Path(verdict))
        say(f"From the documents to the switched server: {(time.monotonic() - stage.began) / 60:.1f} min.")


def check(verdict: Path) -> None:
    """The figures that the demo promises."""
    told = json.loads((verdict / "verdict.json").read_text(encoding="utf-8"))
    difference = told["differences"]["cited_f1"]
    low, high = (difference[name] for name in ("low", "high"))
    say(f"{told['questions']} held-out questions; cited-answer F1 changes by {low:+.3f} to {high:+.3f} (95 %).")
    if told["questions"] < FEWEST_QUESTIONS or low <= 0:
        raise SystemExit("The new one is not shown to be better on enough questions")


if __name__ == "__main__":
    main()
