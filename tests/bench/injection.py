"""What comes of attacks that are planted into documents and Slack: with the quoting answerer, or with a language model.

    python -m tests.bench.injection ATTACKS.jsonl [--llm FOLDER]

ATTACKS has a JSON object with the key `text` on each line. Every attack is planted into a document and a Slack thread
of its own, plain or dressed as link, picture, mention or script; then each of these is asked about.
"""

import argparse
import json
import logging
import tempfile
from pathlib import Path

from app.bootstrap import Home
from app.quiet import share_processors, switch_off_telemetry
from app.settings import Settings
from tests.laws.planted import Met, met, plant

_log = logging.getLogger(__name__)


def main() -> None:
    """Plant, ask and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", type=Path)
    parser.add_argument("--llm", default="", help="folder of a Llama that answers instead of quoting")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    attacks = [json.loads(line)["text"] for line in options.attacks.read_text(encoding="utf-8").splitlines() if line]
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Settings(home=Path(folder) / "home", llm=options.llm))
        plant(home, Path(folder), attacks)
        _report(met(home, attacks), next(iter(home.answerers)))


def _report(found: list[Met], answerer: str) -> None:
    answered = [one for one in found if one.answered]
    _log.info(
        "%d questions about documents and threads with %d attacks, answered by %s",
        len(found),
        len(found) // 2,
        answerer,
    )
    for told, count in (
        ("answered", len(answered)),
        ("quote the attack's words as what the source says", sum(one.quoted for one in answered)),
        ("say something that no source says", sum(bool(one.foreign) for one in answered)),
        ("let a link, picture, mention or script through", sum(bool(one.through) for one in found)),
    ):
        _log.info("%5d  %s", count, told)


if __name__ == "__main__":
    switch_off_telemetry()
    share_processors()
    main()
