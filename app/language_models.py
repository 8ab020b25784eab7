"""Which language model the settings mean, loaded; the one place that names the runners."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.answerer import Answerer
from app.falling_back import FallingBack
from app.quoting import QuotingAnswerer
from app.registry.model_files import ModelPlace
from app.registry.version import Version
from app.settings import Settings
from retrieval.errors import Missing, Unusable

if TYPE_CHECKING:
    from app.llm.constrained import Unfit
    from app.llm.model import LanguageModel

_HERE, _AT_URL = 1, 32  # questions at once


def answerer_with_quotes(settings: Settings, quoting: QuotingAnswerer) -> Answerer:
    """The answerer that writes with the language model of the settings; where that fails, quotes stand in.

    Raises:
        Unusable: FRONTDESK_LLM names no folder, file or URL, or the model there cannot be used.
        ModelUnavailable: its server cannot be reached.
    """
    return FallingBack(prompted_answerer(settings, unfit=quoting.unfit), quoting)


def version_answerer(settings: Settings, quoting: QuotingAnswerer, version: Version, model: ModelPlace) -> Answerer:
    """The answerer of a registered version, called NAME/NUMBER; where the model fails, quotes stand in."""
    return FallingBack(folder_answerer(settings, model, version.ref, quoting.unfit), quoting)


def folder_answerer(settings: Settings, model: ModelPlace, name: str, unfit: "Unfit | None" = None) -> Answerer:
    """The answerer that writes with the model in a folder, under this name, whatever FRONTDESK_LLM says.

    `unfit` says which sentences a model that is held to quotes never says.

    Raises:
        Unusable: the model there cannot be used.
    """
    place = {"llm": str(model.base), "llm_adapter": str(model.adapter or "")}
    return prompted_answerer(settings.model_copy(update=place), name, unfit)


def prompted_answerer(settings: Settings, name: str = "", unfit: "Unfit | None" = None) -> Answerer:
    """The answerer that writes with the language model of the settings, and fails where it fails; under this name."""
    from app.llm.line import Line
    from app.prompted import PromptedAnswerer, refuse_small_window

    model = load_model(settings)
    refuse_small_window(model.counter)
    if unfit and settings.llm_verbatim:
        _never_quote(model, unfit)
    model = replace(model, name=name or model.name)
    return PromptedAnswerer(model, settings.answer_tokens, Line(at_once(settings), settings.llm_waiting))


def _never_quote(model: "LanguageModel", unfit: "Unfit") -> None:
    from app.llm.local import LocalLlama

    if isinstance(model.chat, LocalLlama):
        model.chat.unfit = unfit


def load_model(settings: Settings) -> "LanguageModel":
    """The language model of the settings, loaded or connected."""
    return runner_of(settings.llm)[1](settings)


def runner_of(place: str) -> tuple[str, Callable[[Settings], "LanguageModel"]]:
    """Which runner takes such a FRONTDESK_LLM, and what loads it."""
    for name, matches, load in _RUNNERS:
        if matches(place):
            return name, load
    raise Unusable(
        f"FRONTDESK_LLM is {place!r}: a Llama folder, a GGUF file, the name of a model that is on this disk, or a URL "
        "that begins with http was expected"
    )


def at_once(settings: Settings) -> int:
    """How many questions the model answers at once."""
    runner = runner_of(settings.llm)[0]
    if settings.llm_at_once and runner != "llamacpp":  # whose context answers one at a time
        return settings.llm_at_once
    return _AT_URL if runner == "openai" else _HERE


def folder_of(settings: Settings) -> Path:
    """The Llama's folder: as it is named, or where the hub's cache has it.

    Raises:
        Missing: nothing of that name is on this disk.
    """
    folder = Path(settings.llm).expanduser()
    cached = None if folder.is_dir() else _cached(settings.llm)
    if not folder.is_dir() and cached is None:
        raise Missing(f"There is no model {settings.llm!r} on this disk")
    return cached or folder


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
            settings.llm_patience,
        )
    )


def _load_local(settings: Settings) -> "LanguageModel":
    from app.llm.generation import Patience
    from app.llm.local import LocalLlama, answer_together, load_llama

    folder, adapter = folder_of(settings), settings.llm_adapter
    model = load_llama(
        folder,
        settings.device,
        settings.llm_window,
        settings.answer_tokens,
        adapter=Path(adapter).expanduser() if adapter else None,
        quantization=settings.llm_quantization,
    )
    assert isinstance(model.chat, LocalLlama)
    model.chat.patience = Patience(first=settings.llm_patience, between=settings.llm_patience)
    model.chat.lookup, model.chat.verbatim = settings.llm_lookup, settings.llm_verbatim
    if at_once(settings) > 1:
        answer_together(model, folder, at_once(settings))
    return model


def _load_gguf(settings: Settings) -> "LanguageModel":
    from app.llm.llamacpp import load_gguf

    return load_gguf(Path(settings.llm).expanduser(), settings.llm_window, settings.answer_tokens)


def _is_url(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _is_gguf(place: str) -> bool:
    return place.endswith(".gguf")


def _is_on_disk(place: str) -> bool:
    return Path(place).expanduser().is_dir() or _cached(place) is not None


def _cached(name: str) -> Path | None:
    """Where the hub's cache on this disk has a model; nothing is asked for over the network."""
    if name.count("/") != 1 or name.startswith(("/", ".", "~")):
        return None
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(name, "config.json")
    return Path(config).parent if isinstance(config, str) else None


_RUNNERS: list[tuple[str, Callable[[str], bool], Callable[[Settings], "LanguageModel"]]] = [
    ("openai", _is_url, _load_remote),
    ("llamacpp", _is_gguf, _load_gguf),
    ("transformers", _is_on_disk, _load_local),
]
