"""What Frontdesk itself costs for a question, when neither the embedder nor the language model takes any time.

    python -m tests.bench.overhead

The sample company's questions are asked once, so that their embeddings are remembered, and then three times more. The
language model says one fixed sentence. Ours: scope, search in both indexes, ledger, evidence, prompt, budget, checks;
without a conversation and with one that is kept. Beside it LangChain's usual chain with as little: its FAISS store over
the same vectors, a prompt template, LangChain's own fake chat model, an output parser (extra `bench`).
"""

import logging
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.language_models import FakeListChatModel

from app.access import NOBODY
from app.bootstrap import DATA, Home
from app.evaluation.question_set import load_set
from app.llm.model import LanguageModel
from app.prompted import PromptedAnswerer
from app.question import Question
from app.quiet import share_processors, switch_off_telemetry
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.ledger import lookup
from retrieval.prompt import Message

_log = logging.getLogger(__name__)
_ROUNDS, _PASSAGES = 3, 8
_QUESTIONS = 200  # fewer than a retriever remembers
_SAYS = "That is in the first source [1]."


class _Words:
    """Counts words: as quick as counting can be."""

    window = 8000

    def count(self, conversation: Sequence[Message]) -> int:
        """Words of all messages."""
        return sum(message.text.count(" ") + 1 for message in conversation)


def main() -> None:
    """Print the percentiles of each way."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    switch_off_telemetry()
    share_processors()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Settings(home=Path(folder) / "home"))
        home.ingest(DATA / "company", "everyone", NoProgress())
        answerer = PromptedAnswerer(LanguageModel("fixed", FakeListChatModel(responses=[_SAYS]), _Words()), 200)
        home.__dict__["answerers"] = {"fixed": answerer}
        questions = [query.text for query in load_set(DATA / "eval")[1] if not query.turns][:_QUESTIONS]

        def ours(question: str) -> None:
            for _ in home.desk.ask(Question(question, NOBODY, turns=())):
                pass

        def ours_kept(question: str) -> None:
            for _ in home.desk.ask(Question(question, NOBODY)):
                pass

        ways = {"Frontdesk": ours, "Frontdesk, conversation kept": ours_kept, "LangChain": _langchain(home)}
        for name, way in ways.items():
            milliseconds = _measured(way, questions)
            p50, p99 = np.percentile(milliseconds, (50, 99))
            _log.info("%-30s p50 %.2f ms, p99 %.2f ms (%d questions)", name, p50, p99, len(milliseconds))
        home.engine.dispose()


def _measured(way: Callable[[str], None], questions: Sequence[str]) -> list[float]:
    taken = []
    for number in range(_ROUNDS + 1):
        for question in questions:
            begun = time.perf_counter()
            way(question)
            if number:
                taken.append(1000 * (time.perf_counter() - begun))
    return taken


def _langchain(home: Home) -> Callable[[str], None]:
    with warnings.catch_warnings():  # importing langchain-community announces that it will be retired
        warnings.simplefilter("ignore")
        from langchain_community.vectorstores import FAISS
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough

    from tests.bench.langchain_quotes import Ours

    class Remembered(Ours):
        """Embeds each question once."""

        known: dict[str, list[float]] = {}  # noqa: RUF012

        def embed_query(self, text: str) -> list[float]:
            if text not in self.known:
                self.known[text] = super().embed_query(text)
            return self.known[text]

    alive = lookup.alive_ids(home.engine)
    vectors, texts = lookup.vectors(home.engine, alive), lookup.texts(home.engine, alive)
    pairs = ((texts[chunk][1].embedded_text, vectors[chunk][1].tolist()) for chunk in alive)
    retriever = FAISS.from_embeddings(pairs, Remembered(home.embedder)).as_retriever(search_kwargs={"k": _PASSAGES})

    def joined(found: list[Any]) -> str:
        return "\n\n".join(one.page_content for one in found)

    prompt = ChatPromptTemplate.from_template("Answer from the sources only.\n\n{sources}\n\nQuestion: {question}")
    model = FakeListChatModel(responses=[_SAYS])
    inputs = {"sources": retriever | joined, "question": RunnablePassthrough()}
    chain = inputs | prompt | model | StrOutputParser()

    def ask(question: str) -> None:
        for _ in chain.stream(question):
            pass

    return ask


if __name__ == "__main__":
    main()
