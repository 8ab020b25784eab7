import pytest

from ingest.patterns import EVERYTHING, Patterns


def test_without_patterns_everything_is_wanted() -> None:
    assert EVERYTHING.allow("any/where.md")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("policies/leave.md", True),
        ("policies/hr/leave.md", True),
        ("Policies/leave.md", True),
        ("policies-old/leave.md", False),
        ("guide.md", True),
        ("deep/guide.md", False),
        ("policies/drafts/plan.md", False),
        ("policies/~leave.md", False),
    ],
)
def test_included_and_not_excluded_is_wanted(path: str, wanted: bool) -> None:
    assert Patterns(("policies", "*.md"), ("**/drafts", "**/~*")).allow(path) is wanted


def test_what_is_only_excluded_leaves_the_rest() -> None:
    patterns = Patterns(exclude=("*.csv",))
    assert (patterns.allow("a.md"), patterns.allow("a.csv"), patterns.allow("b/a.csv")) == (True, False, True)
