"""Our messages as LangChain's, and back."""

from langchain_core.messages import AIMessage, FunctionMessage, HumanMessage, SystemMessage

from app.llm.model import from_langchain, to_langchain
from retrieval.prompt import Message

OURS = [Message("system", "Be brief."), Message("user", "Why?"), Message("assistant", "So.")]


def test_every_role_has_its_message_class() -> None:
    assert to_langchain(OURS) == [SystemMessage("Be brief."), HumanMessage("Why?"), AIMessage("So.")]


def test_messages_survive_the_way_there_and_back() -> None:
    assert from_langchain(to_langchain(OURS)) == OURS


def test_a_kind_that_we_do_not_know_counts_as_the_users() -> None:
    assert from_langchain([FunctionMessage(content="42", name="sum")]) == [Message("user", "42")]
