"""A GGUF file on this machine, served through llama.cpp as a LangChain chat model, with its token counter."""

import codecs
import re
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import ConfigDict, PrivateAttr

from app.llm.generation import failed
from app.llm.model import LanguageModel, OwnChatModel
from app.llm.template import PLAIN, SHAPES
from app.llm.weights import require
from retrieval.errors import ModelUnavailable, Unusable
from retrieval.prompt import Message

_MAGIC = b"GGUF"
# llama.cpp takes some names for control tokens even in plain text. Cut in two they are none.
_TOKEN_BEGINS = re.compile(r"(?<=<)(?=[|/\w])")
_WINDOW = 8192  # tokens at most, if no setting says: llama.cpp takes the memory for all of it at once


class GgufTemplate:
    """Renders a conversation with the template in the file and counts it with the file's own tokens.

    What people and documents say is tokenized as plain text, so that a control token in it stays text.
    """

    def __init__(self, llama: Any, window: int) -> None:
        self._llama, self.window = llama, window
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.globals["raise_exception"] = _refuse
        stated = llama.metadata.get("tokenizer.chat_template")
        self.borrowed = not stated
        self._template = environment.from_string(stated or PLAIN)
        self._marks = {name: self._text(getattr(llama, f"token_{name}")()) for name in ("bos", "eos")}

    def token_ids(self, conversation: Sequence[Message]) -> list[int]:
        """The prompt as token ids, the opening of the answer included."""
        failure: Exception | None = None
        for shape in SHAPES:
            said = shape(conversation)
            try:
                rendered = self._rendered(said)
            except Exception as exc:  # noqa: BLE001 - a template raises whatever its author chose
                failure = exc
                continue
            return self._tokens(rendered, [message.text.strip() for message in said])
        raise Unusable(f"The model's chat template refuses system, user and assistant messages: {failure}")

    def count(self, conversation: Sequence[Message]) -> int:
        """Tokens of the prompt, the opening of the answer included."""
        return len(self.token_ids(conversation))

    def _rendered(self, said: Sequence[Message]) -> str:
        """The template with a place for each message's text: two characters that stand in no text."""
        talk = [{"role": one.role, "content": f"\ue000{place}\ue001"} for place, one in enumerate(said)]
        marks = {"bos_token": self._marks["bos"], "eos_token": self._marks["eos"]}
        return self._template.render(messages=talk, add_generation_prompt=True, **marks)

    def _tokens(self, rendered: str, texts: Sequence[str]) -> list[int]:
        before, *places = rendered.split("\ue000")
        ids = self._tokenized(before, special=True)
        for place in places:
            number, _, after = place.partition("\ue001")
            for part in _TOKEN_BEGINS.split(texts[int(number)]):
                ids += self._tokenized(part, special=False)
            ids += self._tokenized(after, special=True)
        return ids

    def _tokenized(self, text: str, *, special: bool) -> list[int]:
        return list(self._llama.tokenize(text.encode(), add_bos=False, special=special)) if text else []

    def _text(self, token: int) -> str:
        return str(self._llama.detokenize([token], special=True).decode(errors="ignore")) if token >= 0 else ""


class LlamaCpp(OwnChatModel):
    """Streams from a GGUF file, one answer at a time. What two prompts begin with is read once."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    llama: Any
    template: GgufTemplate
    answer_tokens: int
    _turn: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "frontdesk-llama-cpp"

    def _said(self, conversation: Sequence[Message], **_kwargs: Any) -> Generator[str]:
        ids = self.template.token_ids(conversation)
        room = max(1, min(self.answer_tokens, self.template.window - len(ids)))
        letters = codecs.getincrementaldecoder("utf-8")(errors="replace")
        said: list[int] = []
        while len(said) < room:
            token = self._next(ids, said)
            if token is None:
                break
            before = ids + said
            said.append(token)
            text = letters.decode(self.llama.detokenize([token], prev_tokens=before))
            if text:
                yield text

    def _next(self, ids: list[int], said: list[int]) -> int | None:
        """The next token, None at the end. The model is held for one token only: what it read before is remembered."""
        with self._turn:
            try:
                token = next(self.llama.generate(ids + said, temp=0.0, repeat_penalty=1.0))
            except Exception as exc:
                raise failed(exc) from exc
        return None if token == self.llama.token_eos() else int(token)


def load_gguf(file: Path, window: int, answer_tokens: int) -> LanguageModel:
    """Load a GGUF file. `window` 0 means what the file says, 8,192 tokens at most.

    Raises:
        Unusable: no such file, no GGUF, damaged, or llama-cpp-python is not installed.
    """
    if not file.is_file():
        raise Unusable(f"There is no file {file}")
    with file.open("rb") as opened:
        if opened.read(len(_MAGIC)) != _MAGIC:
            raise Unusable(f"{file} is no GGUF file")
    require("llama_cpp", "serving a GGUF file")
    import llama_cpp

    try:
        # The file says its window only once it is open; the words alone are read for that.
        stated = int(llama_cpp.Llama(str(file), vocab_only=True, verbose=False).metadata["llama.context_length"])
        size = min(window, stated) if window else min(stated, _WINDOW)
        llama = llama_cpp.Llama(str(file), n_ctx=size, n_gpu_layers=-1, verbose=False)
    except Exception as exc:
        raise Unusable(
            f"The model in {file} cannot be loaded: it is damaged, or of a kind that this llama.cpp does not know"
        ) from exc
    template = GgufTemplate(llama, size)
    return LanguageModel(file.stem, LlamaCpp(llama=llama, template=template, answer_tokens=answer_tokens), template)


def _refuse(reason: str) -> None:
    raise ModelUnavailable(reason)
