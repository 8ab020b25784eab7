"""Write corpus.jsonl and qrels.tsv of the sample company's evaluation set.

    python -m data.eval.make_set [--check]

queries.jsonl is what a person edits: each question names the files that answer it. The corpus is data/company. Run this
after a change of either; a test compares.
"""

import json
import sys
from pathlib import Path
from typing import Any

from ingest import reader
from ingest.folder import PEOPLE_FILE
from retrieval.document import Document, Facts

HERE = Path(__file__).parent
COMPANY = HERE.parent / "company"


def as_markdown(document: Document) -> str:
    """A document as Markdown again, so that the set holds texts as `frontdesk evaluate` expects them.

    What it states of the time that it is in force stays; its country does not, since nobody in particular asks.
    """
    lines = [*_in_force(document.facts), f"# {document.title}"]
    for section in document.sections:
        if section.heading_path:
            lines += ["", f"{'#' * (1 + len(section.heading_path))} {section.heading_path[-1]}"]
        for block in section.blocks:
            if block.lead:
                lines.append(_row(block.text))
            elif " | " in block.text:
                lines += ["", _row(block.text), _row(" | ".join("---" for _ in block.text.split(" | ")))]
            else:
                lines += [block.text] if block.joined else ["", block.text]
    return "\n".join(lines) + "\n"


def build() -> dict[str, str]:
    """The content of each file of the set."""
    corpus = []
    for file in sorted(path for path in COMPANY.rglob("*") if path.suffix in reader.READERS):
        if file.name == PEOPLE_FILE:
            continue
        name = file.relative_to(COMPANY).as_posix()
        document = reader.read(file.read_bytes(), name)
        corpus.append({"id": name, "title": document.title, "text": as_markdown(document)})
    questions = [json.loads(line) for line in (HERE / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    qrels = [f"{one['id']}\t{file}\t2\n" for one in questions for file in one["files"]]
    return {"corpus.jsonl": _lines(corpus), "qrels.tsv": "".join(qrels)}


def main() -> None:
    """Write the files, or exit with 1 where they are out of date."""
    for name, content in build().items():
        file = HERE / name
        if "--check" not in sys.argv:
            file.write_text(content, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != content:
            sys.exit(f"{name} is out of date. Run: python -m data.eval.make_set")


def _in_force(facts: Facts) -> list[str]:
    """Front matter, where there is any."""
    stated = {"effective": facts.effective_from, "effective_until": facts.effective_until}
    lines = [f"{name}: {day}" for name, day in stated.items() if day]
    if facts.supersedes:
        lines += ["supersedes:", *(f"  - {one}" for one in facts.supersedes)]
    return ["---", *lines, "---"] if lines else []


def _row(text: str) -> str:
    return f"| {text} |"


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    main()
