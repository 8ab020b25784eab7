"""A company's handbook in Markdown, invented: pages of about 600 words with headings, lists and a table.

Sections of many pages resemble each other, as they do in handbooks.
"""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.vector_data import composed

_LEVELS = ("#", "##", "##", "###", "##", "##", "###", "###", "##")  # of the headings of each page
_SECTIONS = len(_LEVELS)
_PAGES_IN_A_FOLDER = 25
_COLUMNS = ("Grade", "Days", "Limit in euros", "Approved by")
_APPROVERS = ("the line manager", "the people team", "finance", "two directors")


def write_pages(folder: Path, count: int) -> dict[str, str]:
    """So many pages, no two alike. Gives each page's first paragraph by the name of its file."""
    pick, texts = random.Random(5), composed(count * _SECTIONS, 5)
    first = {}
    for number in range(count):
        sections = [_parted(text) for text in texts[number * _SECTIONS :][:_SECTIONS]]
        file = folder / f"part-{number // _PAGES_IN_A_FOLDER + 1:02d}" / f"page-{number + 1:04d}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n\n".join(_page(pick, sections)) + "\n", encoding="utf-8")
        first[file.name] = sections[0][1]
    return first


def change_pages(folder: Path, share: float) -> dict[str, str]:
    """Write a further section into this share of the pages, at least one. Gives its paragraph as above."""
    files = sorted(folder.rglob("*.md"))
    files = files[: max(1, round(share * len(files)))]
    added = {}
    for file, text in zip(files, composed(len(files), 7), strict=True):
        topic, body = _parted(text)
        with file.open("a", encoding="utf-8") as page:
            page.write(f"\n## New this year: {topic.lower()}\n\n{body}\n")
        added[file.name] = body
    return added


def _parted(text: str) -> tuple[str, str]:
    topic, _, body = text.partition(": ")
    return topic, body


def _page(pick: random.Random, sections: Sequence[tuple[str, str]]) -> Iterator[str]:
    for place, (topic, body) in enumerate(sections):
        yield f"{_LEVELS[place]} {topic}"
        yield "\n".join(f"- {sentence}" for sentence in re.split(r"(?<=\.) ", body)) if place % 3 == 1 else body
    yield _table(pick)


def _table(pick: random.Random) -> str:
    grades = [
        (f"E{grade}", str(pick.randint(1, 40)), str(pick.randint(5, 900)), pick.choice(_APPROVERS))
        for grade in range(1, 6)
    ]
    rows = [_COLUMNS, ("---",) * len(_COLUMNS), *grades]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
