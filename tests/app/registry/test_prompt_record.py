"""The prompt that a version was registered with."""

import pytest

from app.registry.prompt_record import present_prompt, retrieval_settings
from app.settings import Settings
from retrieval import prompt


def test_the_prompts_parts_are_kept_in_words() -> None:
    parts = present_prompt().parts
    assert parts["after_sources"] == prompt.AFTER_SOURCES
    assert parts["refusal"] == prompt.REFUSAL


def test_the_digest_follows_the_parts_and_how_they_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    before = present_prompt().digest
    assert present_prompt().digest == before
    with monkeypatch.context() as changed:
        changed.setattr(prompt, "AFTER_SOURCES", "Answer.")
        assert present_prompt().digest != before
    with monkeypatch.context() as changed:
        changed.setattr(prompt, "messages", lambda *_: [])
        assert present_prompt().digest != before


def test_settings_of_retrieval_are_kept_and_no_secret() -> None:
    told = retrieval_settings(Settings(evidence=0.5, llm="http://user:secret@host"))
    assert told["evidence"] == 0.5
    assert "secret" not in str(told)
