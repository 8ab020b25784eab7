"""A folder of Markdown pages made searchable by LangChain and LlamaIndex, each in its documented usual way.

All embed with the same model through sentence-transformers. LangChain's loader and splitter feed FAISS, Milvus Lite, or
its indexing API over FAISS, which alone of these knows what has changed. LlamaIndex reads Markdown as plain text.
"""

import warnings
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from app.evaluation.peers import SentenceTransformersEncoder, llama_index_embedding

MakeStore = Callable[[list[Document], Embeddings, Path], VectorStore]


class LangChain:
    """Its loader and splitter, then `from_documents` of one of its stores."""

    def __init__(self, encoder: SentenceTransformersEncoder, make_store: MakeStore, pages: Path, home: Path) -> None:
        self._embeddings = _LangChainEmbeddings(encoder)
        self._make_store = make_store
        self._pages = pages
        self._home = home
        self._stores: list[VectorStore] = []

    def ingest(self) -> int:
        """Everything; gives the number of chunks embedded."""
        chunks = _langchain_chunks(self._pages)
        self._stores = [self._make_store(chunks, self._embeddings, self._home)]
        return len(chunks)

    def find(self, text: str, k: int) -> list[str]:
        """Names of the pages of the k nearest chunks."""
        (store,) = self._stores
        return _names(found.metadata["source"] for found in store.similarity_search(text, k))


class LangChainIndexing:
    """Its loader and splitter, then its indexing API with a record manager in SQLite and FAISS."""

    def __init__(self, encoder: SentenceTransformersEncoder, pages: Path, home: Path) -> None:
        from langchain_classic.indexes import SQLRecordManager

        self._pages = pages
        self._store = _empty_faiss(_LangChainEmbeddings(encoder))
        self._records = SQLRecordManager("pages", db_url=f"sqlite:///{home / 'records.sqlite'}")
        self._records.create_schema()

    def ingest(self) -> int:
        """What is new or changed; gives the number of chunks embedded."""
        from langchain_core.indexing import index

        result = index(
            _langchain_chunks(self._pages),
            self._records,
            self._store,
            cleanup="incremental",
            source_id_key="source",
            key_encoder="sha256",
        )
        return result["num_added"]

    def find(self, text: str, k: int) -> list[str]:
        """Names of the pages of the k nearest chunks."""
        return _names(found.metadata["source"] for found in self._store.similarity_search(text, k))


class LlamaIndex:
    """Its directory reader, its ingestion pipeline with the sentence splitter, its vector store index."""

    def __init__(
        self, encoder: SentenceTransformersEncoder, chunk_tokens: int, overlap: int, pages: Path, home: Path
    ) -> None:
        self._embedding = llama_index_embedding(encoder)
        self._chunk_tokens = chunk_tokens
        self._overlap = overlap
        self._pages = pages
        self._index: Any = None

    def ingest(self) -> int:
        """Everything; gives the number of chunks embedded."""
        from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
        from llama_index.core.ingestion import IngestionPipeline
        from llama_index.core.node_parser import SentenceSplitter

        documents = SimpleDirectoryReader(str(self._pages), recursive=True).load_data()
        splitter = SentenceSplitter(chunk_size=self._chunk_tokens, chunk_overlap=self._overlap)
        nodes = IngestionPipeline(transformations=[splitter, self._embedding]).run(documents=documents)
        self._index = VectorStoreIndex(nodes, embed_model=self._embedding)
        return len(nodes)

    def find(self, text: str, k: int) -> list[str]:
        """Names of the pages of the k nearest chunks."""
        retriever = self._index.as_retriever(similarity_top_k=k)
        return _names(found.node.metadata["file_path"] for found in retriever.retrieve(text))


def faiss(chunks: list[Document], embeddings: Embeddings, home: Path) -> VectorStore:
    """In memory."""
    store: VectorStore = _faiss_store().from_documents(chunks, embeddings)
    return store


def milvus_lite(chunks: list[Document], embeddings: Embeddings, home: Path) -> VectorStore:
    """In a file of Milvus Lite."""
    from langchain_milvus import Milvus

    store = Milvus.from_documents(
        chunks,
        embeddings,
        connection_args={"uri": str(home / "milvus.db")},
        index_params={"index_type": "FLAT", "metric_type": "L2"},
    )
    weakref.finalize(store, store.client.close)
    return store


def _langchain_chunks(pages: Path) -> list[Document]:
    with warnings.catch_warnings():  # importing langchain-community announces that it will be retired
        warnings.simplefilter("ignore")
        from langchain_community.document_loaders import DirectoryLoader, TextLoader
    loaded = DirectoryLoader(str(pages), "**/*.md", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"}).load()
    return RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(loaded)


def _faiss_store() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from langchain_community.vectorstores import FAISS
    return FAISS


def _empty_faiss(embeddings: Embeddings) -> Any:
    import faiss as engine
    from langchain_community.docstore.in_memory import InMemoryDocstore

    dim = len(embeddings.embed_query("how long are vectors?"))
    return _faiss_store()(embeddings, engine.IndexFlatL2(dim), InMemoryDocstore(), {})


def _names(files: Iterable[str]) -> list[str]:
    return [Path(file).name for file in files]


class _LangChainEmbeddings(Embeddings):
    def __init__(self, encoder: SentenceTransformersEncoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._encoder.embed_documents([text.replace("\n", " ") for text in texts])

    def embed_query(self, text: str) -> list[float]:
        return self._encoder.embed_query(text.replace("\n", " "))
