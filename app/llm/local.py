"""A Llama directory on this machine, served through transformers as a LangChain chat model."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, PrivateAttr

from app.llm import memory, weights
from app.llm.batching import Batches, tokens_for
from app.llm.constrained import Sayable, Unfit, nothing_unfit, numbered, sayable
from app.llm.folder import look_into, refuse_other_base
from app.llm.generation import Patience, Request, Runner, Slot
from app.llm.model import LanguageModel, OwnChatModel
from app.llm.template import ChatTemplate, load_tokenizer
from retrieval.prompt import Message

_LONGEST_WINDOW = 2048  # tokens, where the config does not say


class LocalLlama(OwnChatModel):
    """Streams from a model in this process. Closing the stream stops the model within one token.

    `lookup` is how many words are guessed ahead from the prompt; with `batches` several answers are made at once.
    With `verbatim` an answer to a prompt with sources can only be whole sentences of these that
    are not `unfit`, or the refusal.
    A caller may pass `temperature` and `seed`; without them the likeliest word is always taken.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: Any
    template: ChatTemplate
    answer_tokens: int
    lookup: int = 0
    verbatim: bool = False
    unfit: Unfit = nothing_unfit
    patience: Patience = Patience()
    batches: Batches | None = None
    _slot: Slot = PrivateAttr(default_factory=Slot)

    @property
    def _llm_type(self) -> str:
        return "frontdesk-local-llama"

    def _said(self, conversation: Sequence[Message], **kwargs: Any) -> Generator[str]:
        ids = self.template.token_ids(conversation)
        temperature, seed = float(kwargs.get("temperature") or 0), int(kwargs.get("seed") or 0)
        request = Request(tuple(ids), self._room(len(ids)), temperature, seed, self._only(conversation))
        if self.batches and not request.temperature and not request.only:
            yield from self.batches.stream(request)
        else:
            runner = Runner(self.model, self.template.tokenizer, self._slot, self.patience, self.lookup)
            yield from runner.stream(request)

    def _only(self, conversation: Sequence[Message]) -> Sayable | None:
        if not self.verbatim or not numbered(conversation):
            return None
        tokenizer = self.template.tokenizer
        return sayable(
            conversation,
            tokenizer.eos_token_id,
            lambda text: tokenizer.encode(text, add_special_tokens=False),
            self.unfit,
        )

    def _room(self, prompt: int) -> int:
        return max(1, min(self.answer_tokens, self.template.window - prompt))


def load_llama(
    folder: Path,
    device: str,
    window: int,
    answer_tokens: int,
    *,
    adapter: Path | None = None,
    quantization: str = "",
) -> LanguageModel:
    """Load a Llama directory as `save_pretrained` writes it, with a LoRA adapter on top where one is named.

    `window` 0 means what its config says; `quantization` is empty, 8bit or 4bit.

    Raises:
        Unusable: no Llama, no safetensors weights or no tokenizer in it, weights that are damaged or do not fit the
            memory, an adapter of another base, or a package that is missing.
    """
    found = look_into(folder)
    if adapter:
        refuse_other_base(adapter, found)
    tokenizer = load_tokenizer(adapter if adapter and (adapter / "tokenizer.json").is_file() else folder)
    place = weights.place_for(device)
    stated = int(found.config.get("max_position_embeddings") or _LONGEST_WINDOW)
    template = ChatTemplate(tokenizer, min(window, stated) if window else stated)
    memory.refuse_too_little(found, memory.needed(found, template.window, 1, quantization, place))
    model = weights.loaded(found, place, adapter=adapter, quantization=quantization)
    chat = LocalLlama(model=model, template=template, answer_tokens=answer_tokens)
    return LanguageModel((adapter or folder).name, chat, template)


def answer_together(model: LanguageModel, folder: Path, at_once: int) -> None:
    """Let a loaded Llama answer so many requests at once, batched together."""
    chat = model.chat
    assert isinstance(chat, LocalLlama)
    device = "cuda" if str(chat.model.device) != "cpu" else "cpu"
    tokens = tokens_for(look_into(folder), model.counter.window, at_once, device)
    chat.batches = Batches(chat.model, chat.template.tokenizer, at_once, tokens, chat.patience)
