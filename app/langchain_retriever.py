"""Frontdesk's search as a LangChain retriever. It has no default scope: say who may read."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from retrieval.access import Scope
from retrieval.search import Retriever


class FrontdeskRetriever(BaseRetriever):
    """Finds chunks inside one scope."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    scope: Scope
    k: int = 5

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(
                page_content=hit.chunk.text,
                id=hit.chunk.id,
                metadata={
                    "uri": hit.chunk.uri,
                    "title": hit.chunk.title,
                    "heading": hit.chunk.heading,
                    "relevance": hit.relevance,
                },
            )
            for hit in self.retriever.search(query, self.scope, self.k)
        ]
