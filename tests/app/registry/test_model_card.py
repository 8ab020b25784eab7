"""The model card: what the hub reads, and what a person wants to know."""

from dataclasses import replace
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from app.evaluation.measures import Estimate
from app.registry.model_card import card
from tests.app.registry.test_promotion import verdict
from tests.app.registry.versions import two_versions


def test_the_front_matter_is_yaml_with_licence_and_base(tmp_path: Path) -> None:
    _, first, _ = two_versions(tmp_path)
    text = card(replace(first, licence="llama3.1", run={"base": 'acme/"llama"'}))
    _, front, _ = text.split("---\n", 2)
    told = yaml.safe_load(front)
    assert (told["license"], told["base_model"], told["library_name"]) == ("llama3.1", 'acme/"llama"', "transformers")


def test_every_section_is_there(tmp_path: Path) -> None:
    _, first, _ = two_versions(tmp_path)
    headings = [line for line in card(first).splitlines() if line.startswith("#")]
    assert headings == ["# hr/1", "## Data and training", "## Evaluation", "## Usage", "## Limits", "## Licence"]
    assert "Not judged yet" in card(first)


def test_a_verdict_is_told_with_its_measures(tmp_path: Path) -> None:
    _, first, _ = two_versions(tmp_path)
    one = verdict(first, "quoting")
    measures = {"cited_f1": Estimate(0.8, 0.75, 0.85)}
    text = card(first, [replace(one, new=replace(one.new, measures=measures), old=replace(one.old, measures=measures))])
    assert "**better** than old: cited-answer F1 +0.2. 300 held-out questions, 2026-11-30." in text
    assert "| Cited-answer F1 | 0.800 (0.750 to 0.850) | 0.800 |" in text
