"""The plots: images of both themes, and a clear word where matplotlib is missing."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.evaluate import Ranked
from app.evaluation import plots
from app.evaluation.numbers import Numbers, numbers_of
from tests.app.evaluation.evaluations import evaluation, query, refused, result

pytestmark = pytest.mark.heavy

WITHOUT = """
import sys
sys.modules["matplotlib"] = None
from app.evaluation.plots import require_packages
try:
    require_packages()
except Exception as exc:
    print(type(exc).__name__, exc)
"""


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    asked = [
        replace(result(query("1"), "leave"), peers={"Peer": Ranked(("badges", "leave"))}),
        replace(
            result(query("2", answerable=False), "leave", outcome=refused(), sureness=0.1), peers={"Peer": Ranked(())}
        ),
    ]
    return numbers_of(evaluation(*asked, qrels={"1": {"leave": 1}}, peer="Peer"))


def drawn(numbers: Numbers, ink: plots.Ink) -> dict[str, bytes]:
    assert numbers.refusing
    refusing = numbers.refusing
    each: dict[str, Callable[[], bytes]] = {
        "comparison": lambda: plots.comparison(numbers.recipes, ink),
        "risk": lambda: plots.risk_coverage(refusing, ink),
        "refused": lambda: plots.refused(refusing, ink),
        "latency": lambda: plots.latency([10.0, 20.0, 20.0], ink),
    }
    return {name: draw() for name, draw in each.items()}


def test_each_plot_is_an_image_in_ink_of_its_theme(numbers: Numbers) -> None:
    light, dark = drawn(numbers, plots.LIGHT), drawn(numbers, plots.DARK)
    assert {image[:8] for image in (*light.values(), *dark.values())} == {b"\x89PNG\r\n\x1a\n"}
    assert [name for name in light if light[name] == dark[name]] == []


def test_the_same_numbers_give_the_same_image(numbers: Numbers) -> None:
    assert drawn(numbers, plots.LIGHT) == drawn(numbers, plots.LIGHT)


def test_a_threshold_above_all_can_be_drawn(numbers: Numbers) -> None:
    assert numbers.refusing
    ours = numbers.refusing.ours
    nothing_answered = replace(ours, now=replace(ours.now, threshold=1.0))
    assert plots.risk_coverage(replace(numbers.refusing, ours=nothing_answered), plots.LIGHT)


def test_without_matplotlib_it_says_what_to_install() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout == "Unusable --report needs matplotlib. Run: pip install 'frontdesk[bench]'\n"
