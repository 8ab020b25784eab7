"""LangChain's usual recipe for quoting without a language model, from the same parts as ours.

Dense search over the same vectors in LangChain's FAISS store, then `EmbeddingsFilter` picks the best sentences of what
was found; our embedder does the embedding.
"""

import warnings
from collections.abc import Callable

from langchain_core.embeddings import Embeddings

from app.bootstrap import Home
from retrieval.embedder import Embedder
from retrieval.ledger import lookup

_PASSAGES, _SENTENCES = 8, 3


def quotes(home: Home) -> Callable[[str], list[str]]:
    """A question to sentences, over everything that is in the home's ledger."""
    with warnings.catch_warnings():  # importing langchain-community announces that it will be retired
        warnings.simplefilter("ignore")
        from langchain_classic.retrievers import ContextualCompressionRetriever
        from langchain_classic.retrievers.document_compressors import DocumentCompressorPipeline, EmbeddingsFilter
        from langchain_community.vectorstores import FAISS
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = Ours(home.embedder)
    alive = lookup.alive_ids(home.engine)
    vectors, texts = lookup.vectors(home.engine, alive), lookup.texts(home.engine, alive)
    pairs = ((texts[chunk][1].embedded_text, vectors[chunk][1].tolist()) for chunk in alive)
    store = FAISS.from_embeddings(pairs, embeddings)
    splitter = RecursiveCharacterTextSplitter(
        separators=["\n", ". ", " "], chunk_size=200, chunk_overlap=0, keep_separator="end"
    )
    best = EmbeddingsFilter(embeddings=embeddings, k=_SENTENCES)
    recipe = ContextualCompressionRetriever(
        base_compressor=DocumentCompressorPipeline(transformers=[splitter, best]),
        base_retriever=store.as_retriever(search_kwargs={"k": _PASSAGES}),
    )
    return lambda question: [found.page_content for found in recipe.invoke(question)]


class Ours(Embeddings):
    """Our embedder in LangChain's form."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._embedder.passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._embedder.query(text).tolist()
        return vector
