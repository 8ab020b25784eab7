"""The plots of an evaluation as PNG images, in ink for light and for dark pages."""

import importlib.util
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.evaluate import OURS
from app.evaluation.measures import Estimate
from app.evaluation.numbers import Recipe, Refusing
from retrieval.errors import Unusable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH = 7.2  # inches
_DOTS = 160  # an inch


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of one theme. Lines of `ours` and `bad` are told apart by their style too."""

    text: str
    grid: str
    ours: str
    theirs: str
    bad: str
    paper: str = "none"


LIGHT = Ink(text="#334155", grid="#e2e8f0", ours="#2563eb", theirs="#94a3b8", bad="#c2410c")
DARK = Ink(text="#cbd5e1", grid="#334155", ours="#60a5fa", theirs="#64748b", bad="#fb923c")
ON_WHITE = replace(LIGHT, paper="white")


def require_packages() -> None:
    """Raise Unusable when matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise Unusable("--report needs matplotlib. Run: pip install 'frontdesk[bench]'")


def comparison(recipes: Mapping[str, Recipe], ink: Ink) -> bytes:
    """nDCG@10 of each recipe with its interval, the best on top."""
    shown = sorted(
        ((found, name) for name, recipe in recipes.items() if (found := recipe.estimates["ndcg@10"])),
        key=lambda pair: pair[0].mean,
    )
    figure, axes = _canvas(0.5 + 0.42 * len(shown), ink)
    means = [found.mean for found, _ in shown]
    spread = [[found.mean - found.low for found, _ in shown], [found.high - found.mean for found, _ in shown]]
    colours = [ink.ours if name == OURS else ink.theirs for _, name in shown]
    axes.barh([name for _, name in shown], means, height=0.62, color=colours)
    axes.errorbar(means, range(len(shown)), xerr=spread, fmt="none", ecolor=ink.text, elinewidth=1, capsize=3)
    for place, (found, _) in enumerate(shown):
        axes.text(found.high + 0.015, place, f"{found.mean:.3f}", va="center", color=ink.text, fontsize=9)
    axes.set_xlim(0, 1.08)
    axes.set_xlabel("nDCG@10, with 95 % intervals")
    axes.grid(visible=False, axis="y")
    return _png(figure)


def differences(rows: Mapping[str, Estimate], ink: Ink) -> bytes:
    """How much higher one is than another, with the interval; what touches the line in the middle is not shown."""
    figure, axes = _canvas(0.5 + 0.36 * len(rows), ink)
    for place, one in enumerate(list(rows.values())[::-1]):
        colour = ink.ours if one.low > 0 else ink.bad if one.high < 0 else ink.theirs
        axes.plot([one.low, one.high], [place, place], color=colour, linewidth=2)
        axes.plot(one.mean, place, "o", color=colour, markersize=7)
    axes.axvline(0, color=ink.text, linewidth=1)
    axes.set_yticks(range(len(rows)), list(rows)[::-1])
    axes.set_xlabel("difference of the means, with 95 % intervals")
    axes.grid(visible=False, axis="y")
    return _png(figure)


def side_by_side(rows: Mapping[str, tuple[Estimate, Estimate]], names: tuple[str, str], ink: Ink) -> bytes:
    """Two bars for each measure, with their intervals."""
    figure, axes = _canvas(0.8 + 0.5 * len(rows), ink)
    for which, (name, colour) in enumerate(zip(names, (ink.ours, ink.theirs), strict=True)):
        of_one = [pair[which] for pair in list(rows.values())[::-1]]
        places = [place + 0.18 * (1 - 2 * which) for place in range(len(rows))]
        means = [one.mean for one in of_one]
        spread = [
            [one.mean - one.low for one in of_one],
            [one.high - one.mean for one in of_one],
        ]
        axes.barh(places, means, height=0.32, color=colour, label=name)
        axes.errorbar(means, places, xerr=spread, fmt="none", ecolor=ink.text, elinewidth=1, capsize=2)
    axes.set_yticks(range(len(rows)), list(rows)[::-1])
    axes.set_xlim(0, 1.02)
    axes.grid(visible=False, axis="y")
    _legend(axes, ink)
    return _png(figure)


def risk_coverage(refusing: Refusing, ink: Ink) -> bytes:
    """Of the questions answered, the share that cannot be, by the share of questions that are answered."""
    figure, axes = _canvas(3.4, ink)
    for one, name, colour, style in (
        (refusing.cosine, "best cosine alone", ink.bad, "--"),
        (refusing.ours, "Frontdesk's probability", ink.ours, "-"),
    ):
        axes.step(
            [0.0, *(point.coverage for point in one.points)],
            [one.points[0].risk, *(point.risk for point in one.points)],
            where="pre",
            label=f"{name} (area {one.area:.3f})",
            color=colour,
            linestyle=style,
            linewidth=2,
        )
    answered = [point for point in refusing.ours.points if point.threshold >= refusing.ours.now.threshold]
    if answered:
        axes.plot(
            answered[-1].coverage, answered[-1].risk, "o", color=ink.ours, markersize=8, label="present threshold"
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("coverage: share of questions answered")
    axes.set_ylabel("risk: share of these\nthat cannot be answered")
    _legend(axes, ink)
    return _png(figure)


def refused(refusing: Refusing, ink: Ink) -> bytes:
    """Both error rates by threshold."""
    figure, axes = _canvas(3.4, ink)
    thresholds = [one.threshold for one in refusing.by_threshold]
    axes.plot(
        thresholds,
        [one.answerable for one in refusing.by_threshold],
        color=ink.ours,
        linewidth=2,
        label="false refusals",
    )
    axes.plot(
        thresholds,
        [1 - one.unanswerable for one in refusing.by_threshold],
        color=ink.bad,
        linestyle="--",
        linewidth=2,
        label="wrong answers",
    )
    axes.axvline(refusing.ours.now.threshold, color=ink.text, linewidth=1, linestyle=":", label="present threshold")
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("threshold on the probability")
    axes.set_ylabel("share of such questions")
    _legend(axes, ink)
    return _png(figure)


def latency(milliseconds: Sequence[float], ink: Ink) -> bytes:
    """How many questions took how long."""
    figure, axes = _canvas(2.6, ink)
    axes.hist(milliseconds, bins=40, color=ink.ours)
    axes.set_xlim(left=0)
    axes.set_xlabel("milliseconds until the whole answer")
    axes.set_ylabel("questions")
    return _png(figure)


def _canvas(height: float, ink: Ink) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), layout="constrained", facecolor=ink.paper)
    axes = figure.add_subplot()
    axes.set_facecolor("none")
    axes.grid(color=ink.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=ink.text, labelsize=9, length=0)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(color=ink.text, fontsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure, axes


def _legend(axes: "Axes", ink: Ink) -> None:
    figure = axes.get_figure()
    assert figure
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=9, labelcolor=ink.text)


def _png(figure: "Figure") -> bytes:
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=_DOTS)
    return image.getvalue()
