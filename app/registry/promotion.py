"""Letting a version answer, and taking that back: with a verdict that shows it is better, or a reason that is kept."""

from collections.abc import Iterable
from pathlib import Path

from app.judging.verdict import BETTER, FILE, Verdict, read_verdict
from app.quoting import QuotingAnswerer
from app.registry.history import Change, Entry
from app.registry.shelf import Shelf
from app.registry.version import Version
from retrieval.errors import Unusable

QUOTING = QuotingAnswerer.name


def promote(shelf: Shelf, version: Version, verdicts: Iterable[Verdict], anyway: str = "", who: str = "") -> Entry:
    """Let the version answer from now on. `anyway` is the reason to do it without a verdict; `who` does it.

    Raises:
        Unusable: it answers already, is not as it was registered, or no verdict shows that it is better than the one
            that answers at this moment.
    """
    shelf.checked(version.ref)
    known = list(verdicts)

    def choose(standing: list[str]) -> tuple[Change, str, str]:
        serving = standing[-1] if standing else ""
        if serving == version.ref:
            raise Unusable(f"{version.ref} is promoted already")
        if anyway.strip():
            return Change.PROMOTED, version.ref, f"without a verdict: {anyway.strip()}"
        return Change.PROMOTED, version.ref, _why(shelf, version, serving, known)

    return shelf.history.decide(choose, who)


def roll_back(shelf: Shelf, reason: str, who: str = "") -> Entry:
    """Let the version answer that was promoted before; without one, quoting.

    Raises:
        Unusable: nothing is promoted.
    """

    def choose(standing: list[str]) -> tuple[Change, str, str]:
        if not standing:
            raise Unusable("No version is promoted: quoting answers")
        return Change.ROLLED_BACK, standing[-1], reason

    return shelf.history.decide(choose, who)


def verdicts_in(place: Path) -> list[Verdict]:
    """The verdict in a file or folder, or those in the folders inside; broken ones among many are left out.

    Raises:
        Unusable: it was named alone and is none.
    """
    if place.is_file() or (place / FILE).is_file():
        return [read_verdict(place)]
    found = []
    for file in sorted(place.glob(f"*/{FILE}")):
        try:
            found.append(read_verdict(file))
        except Unusable:
            continue
    return found


def verdicts_on(version: Version, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those about exactly this version with exactly its prompt, newest first."""
    of_it = [one for one in verdicts if (one.new.digest, one.prompt) == (version.digest, version.prompt.digest)]
    return sorted(of_it, key=lambda one: one.at, reverse=True)


def deciding(shelf: Shelf, version: Version, serving: str, verdicts: Iterable[Verdict]) -> Verdict | None:
    """The newest verdict on the version against the one that serves (empty: quoting): what decides a promotion."""
    against = shelf.version(serving).digest if serving else QUOTING
    return next((one for one in verdicts_on(version, verdicts) if one.old.digest == against), None)


def _why(shelf: Shelf, version: Version, serving: str, verdicts: list[Verdict]) -> str:
    """What decides, in words; raises unless it is for the version."""
    one, serving = deciding(shelf, version, serving, verdicts), serving or QUOTING
    if one and one.result == BETTER:
        return f"better than {serving}: {one.why} ({one.questions} questions)"
    if one:
        raise Unusable(
            f"{version.ref} is {one.result} than {serving}: {one.why}. To promote it nevertheless: --anyway REASON"
        )
    raise Unusable(
        f"No verdict compares {version.ref} with {serving}, which answers now. Make one with: frontdesk finetune judge "
        f"{version.ref} {serving} --data DIR; or say --anyway REASON, which is recorded"
    )
