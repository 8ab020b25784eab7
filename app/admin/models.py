"""The versions of the company's model as admins see them: what answers, how each was judged, what people said."""

from collections.abc import Sequence
from dataclasses import asdict

from app.admin.model_rows import EventRow, JudgedRow, MeasureRow, ModelRow, ModelsRow
from app.bootstrap import Home
from app.feedback import Received, by_model
from app.judging.verdict import BETTER, MEASURES, Verdict
from app.registry.model_card import card
from app.registry.promotion import deciding, verdicts_in, verdicts_on
from app.registry.prompt_record import present_prompt, retrieval_settings
from app.registry.shelf import Shelf, shelf_of
from app.registry.shown import stands
from app.registry.version import Version
from app.settings import without_secrets
from retrieval.errors import Missing

_LAST = 20  # events told
_NOTHING = Received(0, 0, 0, 0)


def models(home: Home) -> ModelsRow:
    """All that is known now. `answering` is what this server answers with, which follows a promotion by seconds."""
    shelf = shelf_of(home.settings.home)
    standing = shelf.history.promoted()
    received, verdicts = by_model(home.engine), verdicts_of(shelf)
    newest = sorted(shelf.versions(), key=lambda one: one.created_at, reverse=True)
    events = [EventRow(one.at, one.change, one.version, one.who, one.why) for one in shelf.history.entries()[-_LAST:]]
    return ModelsRow(
        answering=next(iter(home.answerers)),
        promoted=standing[-1] if standing else "",
        before=standing[-2] if len(standing) > 1 else "",
        fixed=without_secrets(str(home.settings.llm)) if home.settings.llm else "",
        versions=tuple(_row(home, shelf, one, received.get(one.ref, _NOTHING), verdicts) for one in newest),
        events=tuple(reversed(events)),
    )


def verdicts_of(shelf: Shelf) -> list[Verdict]:
    """The home's own verdicts, which `frontdesk finetune judge` wrote."""
    return verdicts_in(shelf.folder / "verdicts")


def version_of(shelf: Shelf, name: str, number: str) -> Version:
    """Exactly this version: a name from a request is never taken for a path.

    Raises:
        Missing: there is none.
    """
    found = next((one for one in shelf.versions() if one.ref == f"{name}/{number}"), None)
    if found is None:
        raise Missing(f"There is no version {name}/{number}")
    return found


def card_of(shelf: Shelf, version: Version) -> str:
    """The model card without its front matter, with all verdicts."""
    _, _, text = card(version, verdicts_on(version, verdicts_of(shelf))).removeprefix("---\n").partition("\n---\n")
    return text.strip()


def _row(home: Home, shelf: Shelf, version: Version, received: Received, verdicts: Sequence[Verdict]) -> ModelRow:
    decides = deciding(shelf, version, shelf.promoted(), verdicts)
    return ModelRow(
        version=version.ref,
        stands=stands(shelf, version),
        kind="adapter with its base" if version.is_adapter else "whole model",
        bytes=version.size,
        created_at=version.created_at,
        created_by=version.created_by,
        licence=version.licence,
        described=version.described,
        **asdict(received),
        shown_better=decides is not None and decides.result == BETTER,
        verdicts=tuple(_judged(one, decides=one is decides) for one in verdicts_on(version, verdicts)),
        notes=tuple(version.differences(present_prompt(), retrieval_settings(home.settings))),
    )


def _judged(one: Verdict, *, decides: bool) -> JudgedRow:
    new, old = one.new.measures, one.old.measures
    measures = tuple(
        MeasureRow(label, new[name].mean, new[name].low, new[name].high, old[name].mean)
        for name, label in MEASURES.items()
        if name in new and name in old
    )
    return JudgedRow(one.result, one.old.name, one.why, one.at, one.questions, decides, measures)
