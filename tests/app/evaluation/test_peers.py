"""The peers' real packages on four texts: each finds the right one, none reaches for the network."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.evaluation.peers import SentenceTransformersEncoder, peers
from ingest.corpus import CorpusText
from retrieval.embedding_model import installed_minilm
from tests.conftest import write

pytestmark = pytest.mark.heavy

BARRED = Path(__file__).parents[2] / "browser" / "loopback_only"
TEXTS = [
    CorpusText("leave", "Annual leave", "Every employee has twenty-seven days of annual leave in each calendar year."),
    CorpusText("badges", "Door badges", "A lost badge is blocked by calling the guard at the gate at once."),
    CorpusText("laptops", "Laptop repair", "A broken laptop is replaced by the helpdesk within one working day."),
    CorpusText("meals", "Meals", "Lunch with a customer is claimed with the receipt of the restaurant."),
]
QUESTIONS = {
    "annual leave of every employee": "leave",
    "a lost badge": "badges",
    "a broken laptop is replaced": "laptops",
}
WITHOUT = """
import sys
sys.modules["haystack"] = sys.modules["rank_bm25"] = None
from app.evaluation.peers import require_packages
try:
    require_packages()
except Exception as exc:
    print(type(exc).__name__, exc)
"""


def test_every_recipe_finds_what_was_asked_for() -> None:
    found = {}
    each = list(peers(TEXTS, installed_minilm(), "cpu"))
    for _, peer in each:
        found[peer.name] = [peer.search(question)[0] for question in QUESTIONS]
        assert peer.ingest_seconds > 0
        assert sorted(set(peer.search("badge"))) == sorted(peer.search("badge"))
    assert {total for total, _ in each} == {len(found)}
    assert set(found) == {
        "LangChain dense",
        "LangChain BM25",
        "LangChain ensemble",
        "LlamaIndex dense",
        "Haystack dense",
        "Haystack hybrid",
    }
    assert {name: titles for name, titles in found.items() if titles != list(QUESTIONS.values())} == {}


def test_a_document_of_many_chunks_is_found_once() -> None:
    long = CorpusText("long", "Long", "\n\n".join(f"Rule {n}: {TEXTS[1].text * 8}" for n in range(6)))
    for _, peer in peers([*TEXTS, long], installed_minilm(), "cpu"):
        assert peer.search("a lost badge").count("long") == 1


def test_tokens_are_counted_beyond_the_models_limit() -> None:
    encoder = SentenceTransformersEncoder(installed_minilm(), "cpu")
    assert len(encoder.tokens("leave " * 600)) == 600


def test_missing_packages_are_named_with_what_to_install() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout == "Unusable --compare needs rank_bm25, haystack. Run: pip install 'frontdesk[bench]'\n"


def test_comparing_reaches_for_nothing_outside_and_leaves_nothing_behind(tmp_path: Path) -> None:
    corpus = [{"id": text.id, "title": text.title, "text": text.text} for text in TEXTS]
    asked = [{"id": document, "text": question, "answerable": True} for question, document in QUESTIONS.items()]
    rows: dict[str, list[dict[str, Any]]] = {"corpus.jsonl": corpus, "queries.jsonl": asked}
    files = {name: "".join(json.dumps(row) + "\n" for row in some) for name, some in rows.items()}
    files["qrels.tsv"] = "".join(f"{document}\t{document}\t1\n" for document in QUESTIONS.values())
    log = tmp_path / "attempts.log"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "person"),
        "PYTHONPATH": f"{BARRED}{os.pathsep}{Path(__file__).parents[3]}",
        "LOOPBACK_ONLY_LOG": str(log),
        "FRONTDESK_DEVICE": "cpu",
        "LANGSMITH_TRACING": "true",
        "LANGSMITH_API_KEY": "key",
        "HAYSTACK_TELEMETRY_ENABLED": "True",
    }
    command = [sys.executable, "-m", "app.cli", "evaluate", str(write(tmp_path / "set", files)), "--compare", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, log.exists() and log.read_text()) == (0, False), done.stderr
    assert len(json.loads(done.stdout)["recipes"]) == 7
    assert not (tmp_path / "person" / ".haystack").exists()
