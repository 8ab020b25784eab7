"""What `frontdesk models check` and `bench` say of the configured language model, line by line."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.language_models import at_once, folder_of, load_model, runner_of
from app.llm import memory, trial
from app.llm.folder import look_into
from app.llm.memory import gigabytes
from app.llm.model import LanguageModel
from app.prompted import refuse_small_window
from app.settings import Settings, without_secrets
from retrieval.errors import FrontdeskError, Unusable

NO_MODEL = (
    "No language model is set, so the documents are quoted. Set FRONTDESK_LLM to a Llama's folder or a server's URL"
)
_LOOKUP_PAYS = 1.1  # times as fast
_GUESSED = 10  # words ahead, in the comparison


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at or measured."""

    name: str
    ok: bool
    found: str


def check(settings: Settings) -> Iterator[Line]:
    """Does it load, how large is it, does the prompt fit, what does it say. Ends at what is wrong."""
    if not settings.llm:
        yield Line("model", ok=True, found=NO_MODEL)
        return
    try:
        yield from _checked(settings)
    except FrontdeskError as exc:
        yield Line("model", ok=False, found=exc.user_message)


def bench(settings: Settings, watch: Callable[[int, int], None]) -> Iterator[Line]:
    """Time to load, memory, time to the first word and words a second, beside what the memory allows.

    Raises:
        Unusable: no language model is set, or it cannot be used.
    """
    if not settings.llm:
        raise Unusable(NO_MODEL)
    before, begun = memory.resident(), time.perf_counter()
    model = load_model(settings)
    yield Line("loaded in", ok=True, found=f"{time.perf_counter() - begun:.2f} s")
    yield Line("memory taken", ok=True, found=gigabytes(max(0, memory.resident() - before)))
    plain = trial.speed(model, watch)
    yield Line("first word after", ok=True, found=f"{1000 * plain.first:.0f} ms, median of {plain.rounds}")
    yield Line("tokens a second", ok=True, found=f"{plain.tokens_per_second:.1f}, median of {plain.rounds}")
    if runner_of(settings.llm)[0] == "transformers":
        yield from _of_local(settings, model, plain, watch)


def _checked(settings: Settings) -> Iterator[Line]:
    runner = runner_of(settings.llm)[0]
    yield Line("runner", ok=True, found=f"{runner} for {without_secrets(settings.llm)}")
    if runner == "transformers":
        yield from _of_folder(settings)
    begun = time.perf_counter()
    model = load_model(settings)
    yield Line("loads", ok=True, found=f"{model.name} in {time.perf_counter() - begun:.1f} s")
    yield Line("chat template", ok=True, found=_template_of(model))
    refuse_small_window(model.counter)
    prompt = model.counter.count(trial.sample())
    kept = min(settings.answer_tokens, model.counter.window // 2)
    yield Line("window", ok=True, found=f"{model.counter.window} tokens, {kept} of them kept for the answer")
    yield Line("sample prompt", ok=True, found=f"{prompt} tokens")
    yield Line("at once", ok=True, found=f"{at_once(settings)} questions, {settings.llm_waiting} more may wait")
    found = trial.tried(model)
    yield Line("sample answer", ok=bool(found.answer), found=f"{' '.join(found.answer.split())[:300] or 'nothing'}")
    cites = "names its source" if found.cites else "does not name its source: a finetuned model would"
    yield Line("citations", ok=True, found=cites)


def _of_folder(settings: Settings) -> Iterator[Line]:
    from app.llm.weights import place_for

    found, place = look_into(folder_of(settings)), place_for(settings.device)
    window = min(settings.llm_window or 10**9, int(found.config.get("max_position_embeddings") or 2048))
    need = memory.needed(found, window, at_once(settings), settings.llm_quantization, place)
    yield Line("weights", ok=True, found=f"{found.parameters / 1e6:,.1f} million parameters on {place}")
    free = gigabytes(need.free) if need.free else "nobody knows how much"
    found_memory = f"{gigabytes(need.weights)} weights, {gigabytes(need.conversation)} for full windows, {free} free"
    yield Line("memory", ok=need.suffices, found=found_memory)


def _of_local(
    settings: Settings, model: LanguageModel, plain: trial.Speed, watch: Callable[[int, int], None]
) -> Iterator[Line]:
    from app.llm.local import LocalLlama

    assert isinstance(model.chat, LocalLlama)
    place = "cuda" if str(model.chat.model.device) != "cpu" else "cpu"
    read = trial.bandwidth(place)
    weights = int(model.chat.model.get_memory_footprint())
    most = read / weights
    yield Line("memory gives", ok=True, found=f"{read / 1e9:.1f} GB/s, copying")
    share = plain.tokens_per_second / most
    yield Line(
        "at most", ok=True, found=f"{most:,.0f} tokens/s if each reads all weights once: {share:.0%} of it reached"
    )
    if model.chat.batches is None and not settings.llm_lookup:
        yield _lookup(model.chat, model, plain, watch)


def _lookup(chat: Any, model: LanguageModel, plain: trial.Speed, watch: Callable[[int, int], None]) -> Line:
    chat.lookup = _GUESSED
    ratio = trial.speed(model, watch).tokens_per_second / plain.tokens_per_second
    chat.lookup = 0
    advice = f"set FRONTDESK_LLM_LOOKUP={_GUESSED}" if ratio >= _LOOKUP_PAYS else "leave FRONTDESK_LLM_LOOKUP at 0"
    return Line("guessing ahead", ok=True, found=f"{ratio:.2f} times as fast on a cited answer: {advice}")


def _template_of(model: LanguageModel) -> str:
    borrowed = getattr(model.counter, "borrowed", None)
    if borrowed is None:
        return "the server's own"
    return "none of its own: a default for Llamas is used, which may suit it badly" if borrowed else "its own"
