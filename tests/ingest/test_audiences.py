from pathlib import Path

import pytest

from ingest.audiences import AudienceRules, rules_in
from retrieval.access import Audience
from tests.conftest import write

RULES = """
[default]
audience = "everyone"
contact = "people@example.com"

[[rule]]
paths = "hr/public/**"
audience = "everyone"

[[rule]]
paths = "hr/**"
audience = "group:hr"
contact = "hana@example.com"

[[rule]]
paths = "managers"
audience = "group:managers"

[[rule]]
paths = "**/secret-?.md"
audience = "group:hr"

[[rule]]
paths = "pay/*.md"
audience = "group:payroll"
"""


def rules(folder: Path, text: str) -> AudienceRules:
    return rules_in(write(folder, {"audiences.toml": text}), "everyone")


@pytest.mark.parametrize(
    ("path", "audience"),
    [
        ("leave.md", "everyone"),
        ("hr/bands.md", "group:hr"),
        ("hr/2026/deep/bands.md", "group:hr"),
        ("hr/public/holidays.md", "everyone"),  # the first rule that matches decides
        ("HR/Bands.MD", "group:hr"),  # in any case
        ("hr-info.md", "everyone"),
        ("managers/pay.md", "group:managers"),  # a folder's name stands for all below it
        ("managers/deep/er/pay.md", "group:managers"),
        ("managers.md", "everyone"),
        ("secret-1.md", "group:hr"),
        ("leave/deep/secret-2.md", "group:hr"),
        ("leave/secret-12.md", "everyone"),
        ("pay/bonus.md", "group:payroll"),
        ("pay/deep/bonus.md", "everyone"),  # one star stays inside one name
    ],
)
def test_the_first_rule_that_matches_decides(tmp_path: Path, path: str, audience: str) -> None:
    assert rules(tmp_path, RULES).decide(path).id == audience


def test_good_rules_have_no_problems(tmp_path: Path) -> None:
    assert rules(tmp_path, RULES).problems == ()


@pytest.mark.parametrize(
    ("path", "contact"),
    [("hr/bands.md", "hana@example.com"), ("managers/pay.md", "people@example.com"), ("x.md", "people@example.com")],
)
def test_a_rule_without_a_contact_has_the_defaults(tmp_path: Path, path: str, contact: str) -> None:
    assert rules(tmp_path, RULES).decide(path).contact == contact


def test_without_a_file_everything_has_the_given_audience(tmp_path: Path) -> None:
    found = rules_in(tmp_path, "group:hr")
    assert [found.decide(path) for path in ("a.md", "b/c.md")] == [Audience("group:hr"), Audience("group:hr")]


def test_without_a_default_the_given_audience_counts(tmp_path: Path) -> None:
    found = rules_in(write(tmp_path, {"audiences.toml": '[[rule]]\npaths = "a"\naudience = "everyone"'}), "group:hr")
    assert [found.decide(path).id for path in ("a/x.md", "b/x.md")] == ["everyone", "group:hr"]


def test_accents_match_however_they_are_written(tmp_path: Path) -> None:
    found = rules(tmp_path, '[[rule]]\npaths = "büro/**"\naudience = "group:hr"\n')
    assert [found.decide(path).id for path in ("bu\u0308ro/a.md", "b\u00fcro/a.md")] == ["group:hr", "group:hr"]


OPEN_HR = '[[rule]]\npaths = "a/**"\naudience = "everyone"\n'


@pytest.mark.parametrize(
    "text",
    [
        "[[rule]\npaths",
        '[rule]\npaths = "a"\naudience = "everyone"',
        "rule = 3",
        "\udcff\udcfe",
    ],
    ids=["no TOML", "one table", "a number", "no UTF-8"],
)
def test_a_file_that_cannot_be_read_closes_everything(tmp_path: Path, text: str) -> None:
    (tmp_path / "audiences.toml").write_bytes(text.encode(errors="surrogateescape"))
    found = rules_in(tmp_path, "everyone")
    assert [found.decide(path).id for path in ("a/x.md", "b.md")] == ["group:admins", "group:admins"]
    assert len(found.problems) == 1


def test_a_link_that_leads_nowhere_closes_everything(tmp_path: Path) -> None:
    (tmp_path / "audiences.toml").symlink_to(tmp_path / "gone.toml")
    assert rules_in(tmp_path, "everyone").decide("a.md").id == "group:admins"


@pytest.mark.parametrize(
    "broken",
    [
        'audience = "hr"',
        'audience = "group:hr"\ncontcat = "x"',
        "audience = 3",
        'audience = "group:hr"\ncontact = 3',
        "",
    ],
    ids=["no audience id", "a mistyped entry", "a number", "a wrong contact", "no audience"],
)
def test_what_a_broken_rule_touches_is_for_admins(tmp_path: Path, broken: str) -> None:
    found = rules(tmp_path, f'{OPEN_HR}[[rule]]\npaths = "hr/**"\n{broken}\n')
    assert [found.decide(path).id for path in ("hr/x.md", "a/x.md", "b/x.md")] == [
        "group:admins",
        "everyone",
        "everyone",
    ]
    assert "rule 2 (hr/**)" in found.problems[0]


def test_a_rule_without_paths_closes_all_that_no_rule_before_it_matches(tmp_path: Path) -> None:
    late = '[[rule]]\npaths = "b/**"\naudience = "everyone"\n'
    found = rules(tmp_path, f'{OPEN_HR}[[rule]]\npath = "hr/**"\naudience = "group:hr"\n{late}')
    assert [found.decide(path).id for path in ("a/x.md", "b/x.md", "c.md")] == [
        "everyone",
        "group:admins",
        "group:admins",
    ]


def test_an_unknown_entry_closes_what_no_rule_matches(tmp_path: Path) -> None:
    found = rules(tmp_path, f'{OPEN_HR}[[rules]]\npaths = "hr/**"\naudience = "group:hr"\n')
    assert [found.decide(path).id for path in ("a/x.md", "hr/x.md", "c.md")] == [
        "everyone",
        "group:admins",
        "group:admins",
    ]


def test_a_broken_default_closes_what_no_rule_matches(tmp_path: Path) -> None:
    found = rules(tmp_path, f'[default]\naudience = "all"\n{OPEN_HR}')
    assert [found.decide(path).id for path in ("a/x.md", "c.md")] == ["everyone", "group:admins"]
