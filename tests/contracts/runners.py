"""Every way to run a language model, for the contracts of the chat model and of the answerer."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import SecretStr

from app.llm import weights
from app.llm.folder import look_into
from app.llm.gguf import write_gguf
from app.llm.llamacpp import load_gguf
from app.llm.local import LocalLlama, answer_together, load_llama
from app.llm.model import LanguageModel
from app.llm.remote import RemoteModel, ServerCounter, connect
from tests.llamacpp_server import llamacpp_server, needs_llamacpp
from tests.openai_server import openai_server

ANSWER = 40  # tokens
RUNNERS = [
    "transformers",
    "transformers, strict template",
    "transformers, guessing ahead",
    "transformers, several at once",
    pytest.param("transformers with LoRA", marks=pytest.mark.heavy),
    "transformers, held to quotes",
    "OpenAI-compatible server",
    pytest.param("GGUF file", marks=[pytest.mark.heavy, needs_llamacpp]),
    pytest.param("llama.cpp's own server", marks=[pytest.mark.heavy, needs_llamacpp]),
]
STRICT = "transformers, strict template"


@contextmanager
def running(runner: str, llama: Path, narrow: Path, folder: Path) -> Iterator[LanguageModel]:
    """One of them, until the block ends; `folder` is for what it writes."""
    if runner == "OpenAI-compatible server":
        with openai_server(llama) as server, _connected(server.url, "") as model:
            yield model
    elif runner == "llama.cpp's own server":
        with llamacpp_server(write_gguf(llama, folder / "tiny.gguf")) as url, _connected(url, str(llama)) as model:
            yield model
    elif runner == "GGUF file":
        yield load_gguf(write_gguf(llama, folder / "tiny.gguf"), 0, ANSWER)
    else:
        yield from _local(runner, llama, narrow, folder)


def adapter_of(llama: Path, folder: Path) -> Path:
    """A LoRA adapter whose matrices are not zero: it changes a little of what the model would say."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    base = weights.loaded(look_into(llama), "cpu")
    shape: Any = LoraConfig(r=4, lora_alpha=1, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    with warnings.catch_warnings():  # PEFT uses a name that transformers gives up
        warnings.simplefilter("ignore", FutureWarning)
        get_peft_model(base, shape).save_pretrained(str(folder))
    return folder


def _local(runner: str, llama: Path, narrow: Path, folder: Path) -> Iterator[LanguageModel]:
    adapter = adapter_of(llama, folder / "adapter") if runner == "transformers with LoRA" else None
    model = load_llama(narrow if runner == STRICT else llama, "cpu", 0, ANSWER, adapter=adapter)
    chat = model.chat
    assert isinstance(chat, LocalLlama)
    chat.lookup = 8 if runner == "transformers, guessing ahead" else 0
    chat.verbatim = runner == "transformers, held to quotes"
    if runner == "transformers, several at once":
        answer_together(model, llama, 2)
    yield model
    if chat.batches:
        chat.batches.close()


@contextmanager
def _connected(url: str, tokenizer: str) -> Iterator[LanguageModel]:
    model = connect(RemoteModel(url, "", SecretStr("key"), tokenizer, 2048 if tokenizer else 0, ANSWER))
    yield model
    if isinstance(model.counter, ServerCounter):
        model.counter._client.close()
    model.chat.http_client.close()  # type: ignore[attr-defined]
