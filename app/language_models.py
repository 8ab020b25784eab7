"""Which language model the settings mean, loaded; the one place that names the runners."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answerer import Answerer
from app.registry.model_files import ModelFolder
from app.registry.version import Version
from app.settings import Settings
from retrieval.errors import Unusable

if TYPE_CHECKING:
    from app.llm.model import LanguageModel


def prompted_answerer(settings: Settings) -> Answerer:
    """The answerer that writes with the language model of the settings.

    Raises:
        Unusable: FRONTDESK_LLM names neither a folder nor a URL, or the model there cannot be used.
    """
    from app.prompted import PromptedAnswerer

    for matches, load in _MODELS:
        if matches(settings.llm):
            return PromptedAnswerer(load(settings), settings.answer_tokens)
    raise Unusable(f"FRONTDESK_LLM is {settings.llm!r}: a Llama folder or a URL that begins with http was expected")


def folder_answerer(settings: Settings, model: ModelFolder, name: str) -> Answerer:
    """The answerer that writes with the model in a folder, under this name, whatever FRONTDESK_LLM says.

    Raises:
        Unusable: the model there cannot be used.
    """
    from app.prompted import PromptedAnswerer

    loaded = _loaded(settings, model)
    return PromptedAnswerer(replace(loaded, name=name), settings.answer_tokens)


def version_answerer(settings: Settings, version: Version, model: ModelFolder) -> Answerer:
    """The answerer of a registered version, called NAME/NUMBER."""
    return folder_answerer(settings, model, version.ref)


def _loaded(settings: Settings, model: ModelFolder) -> "LanguageModel":
    from app.llm.local import load_llama

    loaded = load_llama(model.base, settings.device, settings.llm_window, settings.answer_tokens)
    if model.adapter:
        _adapt(loaded.chat, model.adapter)
    return loaded


def _adapt(chat: Any, adapter: Path) -> None:
    """Add a LoRA adapter to a Llama that is loaded."""
    try:
        from peft import PeftModel
    except ImportError as exc:
        raise Unusable("An adapter needs PEFT. Run: pip install 'frontdesk[finetune]'") from exc
    try:
        joined = PeftModel.from_pretrained(chat.model, str(adapter), local_files_only=True)
        chat.model = joined.merge_and_unload()
    except Exception as exc:  # the library raises classes of its own for what does not fit
        raise Unusable(f"The adapter in {adapter} does not fit its base: {exc}") from exc


def _is_url(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _load_remote(settings: Settings) -> "LanguageModel":
    from app.llm.remote import RemoteModel, connect

    return connect(
        RemoteModel(
            settings.llm,
            settings.llm_model,
            settings.llm_key,
            settings.llm_tokenizer,
            settings.llm_window,
            settings.answer_tokens,
        )
    )


def _load_local(settings: Settings) -> "LanguageModel":
    from app.llm.local import load_llama

    folder = Path(settings.llm).expanduser()
    return load_llama(folder, settings.device, settings.llm_window, settings.answer_tokens)


_MODELS: list[tuple[Callable[[str], bool], Callable[[Settings], "LanguageModel"]]] = [
    (_is_url, _load_remote),
    (lambda place: Path(place).expanduser().is_dir(), _load_local),
]
