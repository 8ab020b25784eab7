"""What a model was trained and judged with: the prompt's parts and the settings of retrieval. Pure."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from app.settings import Settings
from retrieval import budget, history, prompt
from retrieval.chunk import Chunk
from retrieval.passage import Passage
from retrieval.rewrite import Turn


@dataclass(frozen=True, slots=True)
class PromptRecord:
    """The fixed parts of the prompt, and one digest of them and of how they are put together."""

    digest: str
    parts: dict[str, str]


def present_prompt() -> PromptRecord:
    """The prompt that this Frontdesk uses."""
    parts = {
        "before_sources": prompt.BEFORE_SOURCES,
        "sources_begin": prompt.SOURCES_BEGIN,
        "after_sources": prompt.AFTER_SOURCES,
        "refusal": prompt.REFUSAL,
    }
    chunk = Chunk("c", "u", "Title", ("Heading",), "Text.")
    passages = [Passage(number, (chunk,), "everyone", "", {"c": 1.0}) for number in (1, 2)]
    sample = prompt.messages("Question?", passages, [Turn("Before?", "Said. [1]")])
    told = json.dumps([parts, [(message.role, message.text) for message in sample]], sort_keys=True)
    return PromptRecord(hashlib.sha256(told.encode()).hexdigest(), parts)


def retrieval_settings(settings: Settings) -> dict[str, Any]:
    """What decides which sources a model is given."""
    return {
        "evidence": settings.evidence,
        "embedder": settings.embedder or "installed all-MiniLM-L6-v2",
        "reranker": settings.reranker,
        "most_passages": budget.MOST_PASSAGES,
        "fewest_passages": budget.FEWEST_PASSAGES,
        "history_share": history.SHARE,
        "answer_tokens": settings.answer_tokens,
        "window": settings.llm_window,
    }
