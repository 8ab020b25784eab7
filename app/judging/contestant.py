"""Whom a judgement compares: a model folder, an adapter with its base, a registered version, a server, or quoting."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.answerer import Answerer
from app.bootstrap import Home
from app.language_models import folder_answerer, prompted_answerer
from app.quoting import QuotingAnswerer
from app.registry.model_files import Watch, digest_of, model_folder, sums
from app.registry.shelf import shelf_of
from retrieval.errors import Unusable

QUOTING = QuotingAnswerer.name


@dataclass(frozen=True, slots=True)
class Contestant:
    """`digest` names exactly what answers; `load` makes it answer."""

    name: str
    digest: str
    load: Callable[[], Answerer]


def contestant(spec: str, home: Home, watch: Watch) -> Contestant:
    """What a word on the command line means; nothing is loaded yet.

    Raises:
        Unusable, Missing: it means nothing, or what it means cannot be used.
    """
    if spec == QUOTING:
        return Contestant(QUOTING, QUOTING, lambda: home.quoting)
    unfit = home.quoting.unfit
    if spec.startswith(("http://", "https://")):
        settings = home.settings.model_copy(update={"llm": spec})
        return Contestant(
            spec, f"{spec} {settings.llm_model}".strip(), lambda: prompted_answerer(settings, unfit=unfit)
        )
    if Path(spec).expanduser().is_dir():
        model = model_folder(Path(spec))
        digest = digest_of(sums(model, watch))
        return Contestant(model.name, digest, lambda: folder_answerer(home.settings, model, model.name, unfit))
    return _registered(spec, home)


def serving(home: Home) -> str:
    """The word for what answers now: the setting's model, else the promoted version, else quoting."""
    return home.settings.llm or shelf_of(home.settings.home).promoted() or QUOTING


def serving_digest(home: Home, watch: Watch) -> str:
    """What a verdict must have compared with."""
    return contestant(serving(home), home, watch).digest


def _registered(spec: str, home: Home) -> Contestant:
    shelf = shelf_of(home.settings.home)
    if not any(spec in (one.ref, one.name) for one in shelf.versions()):
        known = ", ".join([*(one.ref for one in shelf.versions()), QUOTING])
        raise Unusable(
            f"{spec!r} is nothing to judge: a model folder, an adapter's folder, a URL that begins with http, or one "
            f"of {known} was expected"
        )
    version, model = shelf.checked(spec)
    return Contestant(
        version.ref, version.digest, lambda: folder_answerer(home.settings, model, version.ref, home.quoting.unfit)
    )
