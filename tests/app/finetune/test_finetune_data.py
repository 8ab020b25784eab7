"""The parts of a data set put together: windows, verified answers, Slack's speakers, files."""

import json
from pathlib import Path

import pytest

from app import people, verified_answers
from app.bootstrap import Home
from app.finetune.dataset import Recipe
from app.finetune.example import read_examples
from app.finetune.questioning import Mixture
from app.finetune_data import Counting, Making, Teaching, build, write
from app.llm.template import ChatTemplate, load_tokenizer
from app.people import Person
from app.verified_answers import VerifiedAnswer
from retrieval.errors import Unusable
from retrieval.ledger import runs
from retrieval.ledger.documents import entries
from tests.app.finetune.conftest import SMALL, built, everyone


def approved(home: Home, question: str, answer: str, *sources: str, audience: str = "everyone") -> None:
    one = VerifiedAnswer(
        verified_answers.id_of(question), question, answer, "hana@office.example", audience, sources, None
    )
    verified_answers.propose(home.engine, [one])
    verified_answers.approve(home.engine, one.id)


def verified(home: Home, *audiences: str) -> list[tuple[str, str]]:
    found = built(home, allowed=everyone(home, *audiences))
    return [(one.question, one.answer) for one in (*found.train, *found.test) if one.origin == "verified"]


def test_verified_answers_are_learned_and_inherit_what_their_sources_allow(own_company: Home) -> None:
    (thread,) = [one.uri for one in entries(own_company.engine, "slack-T1")]
    approved(own_company, "Where do trains get booked?", "In Wayfold, always.", "handbook/travel.md")
    approved(own_company, "Where does my umbrella dry?", "In the boiler room.", thread)
    approved(own_company, "What does G5 pay?", "Much.", "handbook/hr/bands.md", audience="group:hr")
    ((question, answer),) = verified(own_company)
    assert (question, answer[:19]) == ("Where do trains get booked?", "In Wayfold, always.")
    runs.allow_training(own_company.engine, "slack-T1", allowed=True)
    assert {question for question, _ in verified(own_company)} == {
        "Where do trains get booked?",
        "Where does my umbrella dry?",
    }


def test_who_speaks_in_slack_is_hidden_though_nobody_imported_them(own_company: Home) -> None:
    people.replace_all(own_company.engine, [Person("x@office.example", "Somebody Else", (), "")])
    runs.allow_training(own_company.engine, "slack-T1", allowed=True)
    made = build(own_company, everyone(own_company), SMALL, Making())
    text = repr(made.dataset)
    assert "Umbrellas dry in the boiler room" in text
    assert "Sam Whitlock" not in text
    assert made.slack == ("slack-T1",)


@pytest.mark.heavy  # a tokenizer in Python counts each prompt many times
def test_prompts_fit_the_window_of_the_model_that_is_named(company: Home, llama_dir: Path) -> None:
    made = build(company, everyone(company), Recipe(mixture=Mixture(2)), Making(counting=Counting(llama_dir, 700)))
    counter = ChatTemplate(load_tokenizer(llama_dir), 700)
    assert max(counter.count(example.messages) for example in made.dataset.train) <= 350
    assert made.facts["parameters"]["tokens_counted_by"] == f"{llama_dir.name}, window 700"


def test_a_window_that_nobody_states_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="does not say how large its window is. Say it with --window"):
        _ = Counting(tmp_path).counter


def test_the_files_are_what_the_facts_say(company: Home, tmp_path: Path) -> None:
    made = build(company, everyone(company), SMALL, Making())
    write(tmp_path / "set", made)
    assert {file.name for file in (tmp_path / "set").iterdir()} == {
        "train.jsonl",
        "test.jsonl",
        "README.md",
        "data.json",
    }
    assert tuple(read_examples(tmp_path / "set" / "train.jsonl")) == made.dataset.train
    assert json.loads((tmp_path / "set" / "data.json").read_text())["digest"] == made.facts["digest"]


def test_a_folder_that_cannot_be_written_is_told(company: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unusable, match="The data set cannot be written to"):
        write(tmp_path / "file" / "set", build(company, everyone(company), SMALL, Making()))


def test_a_key_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="A file with the teacher's key was expected"):
        Teaching("http://127.0.0.1:1/v1", key=tmp_path / "nothing").teacher()
