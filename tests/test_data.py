"""The committed sample data is in step with what it is made from, and the product can read it."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest

from app import people
from app.bootstrap import DATA
from data.eval import make_set
from data.slack import make_export
from ingest import reader
from ingest.audiences import rules_in
from ingest.folder import Folder
from ingest.source import Item
from retrieval.plain import folded

COMPANY, EVAL = DATA / "company", DATA / "eval"
QUERIES: list[dict[str, Any]] = [
    json.loads(line) for line in (EVAL / "queries.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWERABLE = [query for query in QUERIES if query.get("answerable", True)]


@pytest.mark.parametrize("name", ["corpus.jsonl", "qrels.tsv"])
def test_the_evaluation_set_is_in_step_with_the_company(name: str) -> None:
    assert (EVAL / name).read_text(encoding="utf-8") == make_set.build()[name]


def test_the_slack_export_is_in_step_with_its_messages() -> None:
    assert (DATA / "slack" / "export.zip").read_bytes() == make_export.build()


def test_there_are_questions_of_every_kind() -> None:
    kinds = Counter(query["category"] for query in QUERIES)
    assert kinds == {
        "direct": 100,
        "follow_up": 40,
        "keyword": 15,
        "yes_no": 15,
        "how_many": 15,
        "country": 10,
        "near_miss": 139,
        "absent_topic": 106,
    }
    assert {query["category"] for query in QUERIES if not query["answerable"]} == {"near_miss", "absent_topic"}


def test_no_document_answers_questions_of_both_halves() -> None:
    of_half = {half: {query["files"][0] for query in ANSWERABLE if query["split"] == half} for half in ("dev", "test")}
    assert of_half["dev"] & of_half["test"] == set()
    assert {query["split"] for query in QUERIES} == {"dev", "test"}


def test_every_question_has_its_own_id() -> None:
    assert [name for name, count in Counter(query["id"] for query in QUERIES).items() if count > 1] == []


@pytest.mark.parametrize("query", ANSWERABLE, ids=[query["id"] for query in ANSWERABLE])
def test_a_support_sentence_stands_in_its_document(query: dict[str, Any]) -> None:
    texts = []
    for name in query["files"]:
        document = reader.read((COMPANY / name).read_bytes(), name)
        texts += [block.text for section in document.sections for block in section.blocks]
    assert folded(query["support"]) in folded("\n".join(texts))


def test_every_judged_document_is_in_the_corpus() -> None:
    ids = {json.loads(line)["id"] for line in (EVAL / "corpus.jsonl").read_text(encoding="utf-8").splitlines()}
    judged = {line.split("\t")[1] for line in (EVAL / "qrels.tsv").read_text(encoding="utf-8").splitlines()}
    assert (judged - ids, len(ids) >= 40) == (set(), True)


def test_every_document_of_the_company_can_be_read() -> None:
    listed = list(Folder(COMPANY, "everyone").items())
    titles = [item.read(item.load()).title for item in listed if isinstance(item, Item)]
    assert (len(titles) == len(listed), "" in titles) == (True, False)


def test_the_companys_documents_say_where_and_when_they_apply() -> None:
    facts = {
        item.path: item.read(item.load()).facts
        for item in Folder(COMPANY, "everyone").items()
        if isinstance(item, Item)
    }
    assert {path: found.countries for path, found in facts.items() if found.countries} == {
        "countries/germany.txt": ("DE",),
        "countries/portugal.html": ("PT",),
        "countries/united-kingdom.md": ("GB",),
        "countries/united-states.md": ("US",),
    }
    ended = {path: found.effective_until for path, found in facts.items() if found.effective_until}
    assert ended == {"leave/annual-leave-2023.md": date(2025, 12, 31)}
    assert facts["leave/annual-leave.md"].supersedes == ("leave/annual-leave-2023.md",)


def test_the_companys_rules_have_no_problems() -> None:
    assert rules_in(COMPANY, "everyone").problems == ()


@pytest.mark.parametrize(
    ("path", "audience"),
    [("hr/salary-bands-2026.md", "group:hr"), ("managers/x.md", "group:managers"), ("leave/sick-leave.md", "everyone")],
)
def test_the_companys_closed_folders_are_closed(path: str, audience: str) -> None:
    assert rules_in(COMPANY, "everyone").decide(path).id == audience


def test_the_companys_people_can_be_imported() -> None:
    groups = {group for person in people.read_csv(COMPANY / "people.csv") for group in person.groups}
    assert groups == {"admins", "hr", "managers"}
