"""A verdict as rows of words: the same in the terminal, in the report and on the model card. Pure."""

from app.evaluation.measures import Estimate
from app.evaluation.printout import NONE, Table
from app.judging.regression import checks
from app.judging.verdict import BETTER, MEASURES, WORSE, Verdict

QUALITY, SPEED, CHECKS = "Answers", "Length and speed", "Regression checks"
_COLOURS = {BETTER: "green", WORSE: "red"}


def tables(verdict: Verdict) -> list[Table]:
    """All that was measured."""
    return [_quality(verdict), _speed(verdict), _checks(verdict)]


def headline(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    return f"{verdict.new.name} is {verdict.result} than {verdict.old.name}: {verdict.why}"


def colour(verdict: Verdict) -> str:
    """For a terminal."""
    return _COLOURS.get(verdict.result, "yellow")


def _quality(verdict: Verdict) -> Table:
    new, old = verdict.new, verdict.old
    rows = tuple(
        (
            label,
            _mean(new.measures.get(name)),
            _mean(old.measures.get(name)),
            _difference(verdict.differences.get(name)),
        )
        for name, label in MEASURES.items()
        if name in new.measures or name in old.measures
    )
    return Table(
        QUALITY,
        ("measure", new.name, old.name, "difference, 95 % interval"),
        rows,
        "Of each question the difference is taken, and the questions are drawn 10,000 times with a fixed seed. "
        "Citations and quotes are those of answers that came; cited-answer F1 counts words that cite a right source.",
    )


def _speed(verdict: Verdict) -> Table:
    new, old = verdict.new, verdict.old
    rows = (
        ("Words of an answer", f"{new.answer_words:.1f}", f"{old.answer_words:.1f}"),
        ("Tokens a second", f"{new.tokens_per_second:.1f}", f"{old.tokens_per_second:.1f}"),
        ("First token, ms", f"{new.first_token_ms:.0f}", f"{old.first_token_ms:.0f}"),
        ("Loading, s", f"{new.load_seconds:.1f}", f"{old.load_seconds:.1f}"),
    )
    note = "Tokens are the model's own, words where there is no model; their time is that of the whole question."
    return Table(SPEED, ("", new.name, old.name), rows, note)


def _checks(verdict: Verdict) -> Table:
    rows = tuple(
        (
            check.name,
            *("failed" if check.name in side.failed_checks else "passed" for side in (verdict.new, verdict.old)),
        )
        for check in checks()
    )
    return Table(CHECKS, ("a few fixed questions", verdict.new.name, verdict.old.name), rows)


def _mean(one: Estimate | None) -> str:
    return f"{one.mean:.3f}" if one else NONE


def _difference(one: Estimate | None) -> str:
    return f"{one.mean:+.3f} ({one.low:+.3f} to {one.high:+.3f})" if one else NONE
