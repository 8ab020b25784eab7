"""A Llama directory on this machine, served through transformers as a LangChain chat model."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, PrivateAttr

from app.llm.model import LanguageModel, from_langchain
from app.llm.template import ChatTemplate, load_tokenizer
from retrieval.errors import ModelUnavailable, Unusable

_WAIT_FOR_TOKEN = 300.0  # seconds
_GLANCE = 0.1  # seconds between two looks whether a waiting reader has gone


class LocalLlama(BaseChatModel):
    """Streams from a model in this process, one answer at a time. Closing the stream stops the model."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: Any
    template: ChatTemplate
    answer_tokens: int
    _turn: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "frontdesk-local-llama"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(str(chunk.message.content) for chunk in self._stream(messages, stop, run_manager, **kwargs))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        from transformers import TextIteratorStreamer

        streamer = TextIteratorStreamer(
            self.template.tokenizer, skip_prompt=True, timeout=_WAIT_FOR_TOKEN, skip_special_tokens=True
        )
        ids = self.template.token_ids(from_langchain(messages))
        stopped = threading.Event()
        work = _Generation(self.model, ids, self._room(len(ids)), streamer, stopped, self._turn)
        work.start()
        try:
            for text in _until(streamer, stop or []):
                if run_manager:
                    run_manager.on_llm_new_token(text)
                yield ChatGenerationChunk(message=AIMessageChunk(content=text))
        finally:
            stopped.set()
            work.join()
        if work.failure:
            raise ModelUnavailable("The language model failed while answering") from work.failure

    def _room(self, prompt: int) -> int:
        return max(1, min(self.answer_tokens, self.template.window - prompt))


class _Generation(threading.Thread):
    """`generate` in a thread of its own; a failure ends the stream instead of leaving it open.

    It is this thread that waits for its turn: a reader who stands still must not keep the model from others.
    """

    def __init__(
        self, model: Any, ids: list[int], room: int, streamer: Any, stopped: threading.Event, turn: threading.Lock
    ) -> None:
        super().__init__(daemon=True)
        self._model, self._ids, self._room = model, ids, room
        self._streamer, self._stopped, self._turn = streamer, stopped, turn
        self.failure: Exception | None = None

    def run(self) -> None:
        """Generate until the end, the limit or the stop."""
        while not self._turn.acquire(timeout=_GLANCE):
            if self._stopped.is_set():
                return
        try:
            self._generate()
        finally:
            self._turn.release()

    def _generate(self) -> None:
        import torch
        from transformers import StoppingCriteriaList

        try:
            ids = torch.tensor([self._ids], device=self._model.device)
            self._model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=self._room,
                do_sample=False,
                streamer=self._streamer,
                stopping_criteria=StoppingCriteriaList([lambda tokens, *_, **__: self._ended(tokens)]),
            )
        except Exception as exc:  # noqa: BLE001 - carried to the thread that reads the stream, which raises it
            self.failure = exc
            self._streamer.end()

    def _ended(self, tokens: Any) -> Any:
        import torch

        return torch.full((tokens.shape[0],), self._stopped.is_set(), dtype=torch.bool, device=tokens.device)


def load_llama(folder: Path, device: str, window: int, answer_tokens: int) -> LanguageModel:
    """Load a Llama directory as `save_pretrained` writes it. `window` 0 means what its config says.

    Raises:
        Unusable: no config, no safetensors weights or no tokenizer in it, or weights that do not fit.
    """
    if not (folder / "config.json").is_file():
        raise Unusable(f"{folder} is no model directory: config.json was expected in it")
    if not any(folder.glob("*.safetensors")):
        raise Unusable(f"{folder} has no weights: model.safetensors was expected in it")
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = load_tokenizer(folder)
    on_gpu = device != "cpu" and torch.cuda.is_available()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype="auto" if on_gpu else torch.float32,
        )
    except Exception as exc:  # the libraries below raise classes of their own for damaged weights
        raise Unusable(f"The model in {folder} cannot be loaded: {exc}") from exc
    if on_gpu:
        model.to("cuda")  # type: ignore[arg-type]
    model.eval()
    stated = int(getattr(model.config, "max_position_embeddings", 2048))
    template = ChatTemplate(tokenizer, min(window, stated) if window else stated)
    chat = LocalLlama(model=model, template=template, answer_tokens=answer_tokens)
    return LanguageModel(folder.name, chat, template)


def _until(pieces: Any, stop: list[str]) -> Iterator[str]:
    """Pieces of text up to the first stop string."""
    held = ""
    longest = max((len(mark) for mark in stop), default=0)
    for piece in pieces:
        held += piece
        ends = [held.index(mark) for mark in stop if mark in held]
        if ends:
            yield held[: min(ends)]
            return
        safe = len(held) - max(0, longest - 1)
        if safe > 0:
            yield held[:safe]
            held = held[safe:]
    if held:
        yield held
