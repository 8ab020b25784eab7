"""The usual recipes of LangChain, LlamaIndex and Haystack, each as its documentation builds it, to compare with.

All embed with the same model through sentence-transformers, read the same texts as a loader gives them (without the
set's titles, which these recipes do not embed) and give documents in the order of their best chunks. Nothing here is
used for answering. Their packages are the extra `bench`.
"""

import importlib.util
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.corpus import CorpusText
from retrieval.errors import Unusable

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever

_PACKAGES = ("langchain_classic", "langchain_community", "rank_bm25", "llama_index.core", "haystack")
_DEPTH = 100  # chunks, as many as are looked at of ours
_BATCH = 32
_RECIPES = 6


@dataclass(frozen=True, slots=True)
class Peer:
    """One recipe, its documents ingested. `search` gives ids of documents, best first."""

    name: str
    ingest_seconds: float
    search: Callable[[str], list[str]]


class SentenceTransformersEncoder:
    """The model as LangChain's HuggingFaceEmbeddings and its likes run it: `encode` with its defaults."""

    def __init__(self, folder: Path, device: str) -> None:
        from sentence_transformers import SentenceTransformer
        from tokenizers import Tokenizer

        where = None if device == "auto" else device
        self._model = SentenceTransformer(str(folder), device=where, local_files_only=True)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()

    def tokens(self, text: str) -> list[str]:
        """The text's tokens, for splitters that count them."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).tokens)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed passages."""
        vectors: list[list[float]] = self._model.encode(texts, batch_size=_BATCH, show_progress_bar=False).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Embed a question."""
        return self.embed_documents([text])[0]


def require_packages() -> None:
    """Raise Unusable when the packages of the extra `bench` are not installed."""
    missing = [name for name in _PACKAGES if not _is_installed(name)]
    if missing:
        raise Unusable(f"--compare needs {', '.join(missing)}. Run: pip install 'frontdesk[bench]'")


def _is_installed(name: str) -> bool:
    parent, _, child = name.partition(".")
    return importlib.util.find_spec(parent) is not None and (not child or importlib.util.find_spec(name) is not None)


def peers(texts: Sequence[CorpusText], model: Path, device: str) -> Iterator[tuple[int, Peer]]:
    """Each recipe with the number of them all, its documents ingested when it is asked for."""
    encoder = SentenceTransformersEncoder(model, device)
    encoder.embed_query("warm up")
    for recipe in (_langchain, _llama_index, _haystack):
        for peer in recipe(texts, encoder):
            yield _RECIPES, peer


def _langchain(texts: Sequence[CorpusText], encoder: SentenceTransformersEncoder) -> Iterator[Peer]:
    with warnings.catch_warnings():  # importing langchain-community announces that it will be retired
        warnings.simplefilter("ignore")
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    def searching(retriever: "BaseRetriever") -> Callable[[str], list[str]]:
        return lambda question: _distinct(found.metadata["source"] for found in retriever.invoke(question))

    clock = _Clock()
    documents = [Document(text.text, metadata={"source": text.id}) for text in texts]
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    splitting = clock.seconds()
    dense = FAISS.from_documents(chunks, _langchain_embeddings(encoder)).as_retriever(search_kwargs={"k": _DEPTH})
    embedding = clock.seconds()
    bm25 = BM25Retriever.from_documents(chunks, k=_DEPTH)
    counting = clock.seconds()
    both = EnsembleRetriever(retrievers=[bm25, dense], weights=[0.5, 0.5])
    yield Peer("LangChain dense", splitting + embedding, searching(dense))
    yield Peer("LangChain BM25", splitting + counting, searching(bm25))
    yield Peer("LangChain ensemble", splitting + embedding + counting, searching(both))


def _langchain_embeddings(encoder: SentenceTransformersEncoder) -> "Embeddings":
    from langchain_core.embeddings import Embeddings

    class Encoded(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return encoder.embed_documents(texts)

        def embed_query(self, text: str) -> list[float]:
            return encoder.embed_query(text)

    return Encoded()


def _llama_index(texts: Sequence[CorpusText], encoder: SentenceTransformersEncoder) -> Iterator[Peer]:
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    clock = _Clock()
    documents = [Document(text=text.text, id_=text.id) for text in texts]
    splitter = SentenceSplitter(chunk_size=1024, chunk_overlap=20, tokenizer=encoder.tokens)
    index = VectorStoreIndex.from_documents(
        documents, transformations=[splitter], embed_model=llama_index_embedding(encoder)
    )
    retriever = index.as_retriever(similarity_top_k=_DEPTH)
    yield Peer(
        "LlamaIndex dense",
        clock.seconds(),
        lambda question: _distinct(str(found.node.ref_doc_id) for found in retriever.retrieve(question)),
    )


def llama_index_embedding(encoder: SentenceTransformersEncoder) -> Any:
    """The encoder as LlamaIndex takes one."""
    from llama_index.core.embeddings import BaseEmbedding

    class Encoded(BaseEmbedding):  # type: ignore[misc, unused-ignore]
        def _get_text_embedding(self, text: str) -> list[float]:
            return encoder.embed_query(text)

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return encoder.embed_documents(texts)

        def _get_query_embedding(self, query: str) -> list[float]:
            return encoder.embed_query(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return encoder.embed_query(query)

    return Encoded()


def _haystack(texts: Sequence[CorpusText], encoder: SentenceTransformersEncoder) -> Iterator[Peer]:
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    clock = _Clock()
    splitter = DocumentSplitter(split_by="word", split_length=200)
    splitter.warm_up()
    chunks = splitter.run([Document(content=text.text, meta={"source": text.id}) for text in texts])["documents"]
    vectors = encoder.embed_documents([chunk.content or "" for chunk in chunks])
    store = InMemoryDocumentStore()
    store.write_documents(
        [replace(chunk, embedding=vector) for chunk, vector in zip(chunks, vectors, strict=True)],
    )
    dense = InMemoryEmbeddingRetriever(store, top_k=_DEPTH)
    bm25 = InMemoryBM25Retriever(store, top_k=_DEPTH)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")
    seconds = clock.seconds()

    def search_dense(question: str) -> list[str]:
        return _sources(dense.run(query_embedding=encoder.embed_query(question)))

    def search_both(question: str) -> list[str]:
        found = [dense.run(query_embedding=encoder.embed_query(question)), bm25.run(query=question)]
        return _sources(joiner.run(documents=[each["documents"] for each in found]))

    yield Peer("Haystack dense", seconds, search_dense)
    yield Peer("Haystack hybrid", seconds, search_both)


def _sources(found: Mapping[str, Any]) -> list[str]:
    return _distinct(chunk.meta["source"] for chunk in found["documents"])


def _distinct(documents: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(documents))


class _Clock:
    """Seconds since it was last asked."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def seconds(self) -> float:
        before, self._last = self._last, time.perf_counter()
        return self._last - before
