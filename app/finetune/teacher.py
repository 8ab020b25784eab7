"""Questions that a larger model asks of a passage; an answer is kept only if every quote stands in the passage."""

import json
import logging
from collections.abc import Iterator

from app.finetune.templated import Draft
from app.llm.model import LanguageModel, to_langchain
from retrieval.chunk import Chunk
from retrieval.errors import FrontdeskError, ModelUnavailable
from retrieval.prompt import teaching

_log = logging.getLogger(__name__)
_SHORTEST_QUOTE = 12  # characters
_MOST_FAILURES = 3  # chunks in a row, after which the teacher is taken to be away


class Teacher:
    """Asks the model; counts what it said and what of it could be kept."""

    def __init__(self, model: LanguageModel, per_chunk: int) -> None:
        self._model = model
        self._per_chunk = per_chunk
        self._failures = 0
        self.said = self.kept = 0

    def drafts(self, chunk: Chunk) -> list[Draft]:
        """What the teacher asks of a chunk; nothing when it fails this once.

        Raises:
            ModelUnavailable: it failed several times in a row.
        """
        try:
            text = self._asked(chunk)
        except ModelUnavailable as exc:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                raise
            _log.warning("The teacher said nothing about one passage: %s", exc)
            return []
        self._failures = 0
        found = [Draft(question, quotes, chunk, "teacher") for question, quotes in self._read(text, chunk)]
        self.kept += len(found)
        return found

    def _asked(self, chunk: Chunk) -> str:
        conversation = teaching(chunk.embedded_text, self._per_chunk)
        try:
            return str(self._model.chat.invoke(to_langchain(conversation)).text)
        except FrontdeskError:
            raise
        except Exception as exc:
            raise ModelUnavailable("The teacher failed. Is its server well? Please try again") from exc

    def _read(self, text: str, chunk: Chunk) -> Iterator[tuple[str, tuple[str, ...]]]:
        for line in text.splitlines():
            if not line.strip().startswith("{"):
                continue
            self.said += 1
            read = _question_and_quotes(line)
            if read and all(quote in chunk.text and len(quote) >= _SHORTEST_QUOTE for quote in read[1]):
                yield read


def _question_and_quotes(line: str) -> tuple[str, tuple[str, ...]] | None:
    try:
        row = json.loads(line.strip().rstrip(","))
        question, quotes = row["question"], row["quotes"]
    except (ValueError, KeyError, TypeError):
        return None
    is_right = isinstance(question, str) and isinstance(quotes, list) and all(isinstance(one, str) for one in quotes)
    return (
        (question.strip(), tuple(one.strip() for one in quotes)) if is_right and question.strip() and quotes else None
    )
