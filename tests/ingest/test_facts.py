from datetime import date

import pytest

from ingest.facts import completed, stated
from retrieval.document import NO_FACTS, Block, Document, Facts, Section

JANUARY = date(2026, 1, 1)


def facts(*lines: str, title: str = "Leave", path: str = "leave.md", said: Facts = NO_FACTS) -> Facts:
    """Of a document whose first section has these lines."""
    return completed(Document(title, (Section((), tuple(map(Block, lines))),), said), path)


def times(*lines: str, title: str = "Leave") -> tuple[date | None, date | None]:
    found = facts(*lines, title=title)
    return found.effective_from, found.effective_until


def countries(title: str, path: str = "a.md") -> tuple[str, ...]:
    return facts("Text.", title=title, path=path).countries


def test_everything_can_be_stated() -> None:
    pairs = [
        ("country", "DE"),
        ("Effective_From", "2026-01-01"),
        ("effective until", "December 31, 2026"),
        ("supersedes", "Leave 2025"),
    ]
    assert stated(pairs) == Facts(("DE",), JANUARY, date(2026, 12, 31), ("Leave 2025",))


@pytest.mark.parametrize("value", ["DE, PT", "Germany; Portugal", "germany/PT", "DE, Atlantis, PT, DE"])
def test_several_countries_are_stated_in_one_value(value: str) -> None:
    assert stated([("countries", value)]).countries == ("DE", "PT")


def test_a_list_is_its_key_several_times() -> None:
    assert stated([("country", "DE"), ("country", "PT"), ("replaces", "A"), ("replaces", "B")]) == Facts(
        ("DE", "PT"), supersedes=("A", "B")
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("country", "everywhere"),
        ("effective", "soon"),
        ("expires", "31/12/2026"),
        ("supersedes", " "),
        ("owner", "DE"),
        ("", ""),
    ],
)
def test_what_cannot_be_understood_states_nothing(key: str, value: str) -> None:
    assert stated([(key, value)]) == NO_FACTS


def test_dates_that_contradict_each_other_state_nothing() -> None:
    assert stated([("effective", "2026-01-01"), ("expires", "2025-01-01")]) == NO_FACTS


def test_a_flood_of_values_is_cut() -> None:
    found = stated([("supersedes", "x" * 10_000)] * 10_000)
    assert (len(found.supersedes), len(found.supersedes[0])) == (20, 200)


@pytest.mark.parametrize(
    "line",
    [
        "Effective 1 January 2026.",
        "Owner: People team | Effective: 1 January 2026 | Version: 4.0",
        "Travel Desk, effective 1 January 2026. Reviewed every January.",
        "Standard SEC-02 - valid from 1 January 2026",
        "In force since: 2026-01-01.",
        "In force from | January 1, 2026",
        "Status: in effect as of 1 Jan 2026",
        "This policy applies from 1 January 2026.",
        "This guide is valid from 1 January 2026.",
        "EFFECTIVE DATE: 1 JANUARY 2026",
    ],
)
def test_the_first_lines_say_from_when_it_is_in_force(line: str) -> None:
    assert times("Hello.", line) == (JANUARY, None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Valid until 31 December 2025.", (None, date(2025, 12, 31))),
        ("This policy applied until 31 December 2025.", (None, date(2025, 12, 31))),
        ("Effective 1 January 2025 to 31 December 2025", (date(2025, 1, 1), date(2025, 12, 31))),
        ("Valid from 2025-01-01 until 2025-12-31", (date(2025, 1, 1), date(2025, 12, 31))),
        ("In force: 1 January 2025 – 31 December 2025", (date(2025, 1, 1), date(2025, 12, 31))),
        ("Expires on 31 December 2025", (None, date(2025, 12, 31))),
        ("Expiry date | 31 December 2025", (None, date(2025, 12, 31))),
        ("It was replaced on 1 January 2026 by another one.", (None, date(2025, 12, 31))),
        ("This page was withdrawn on 1 January 2026.", (None, date(2025, 12, 31))),
    ],
)
def test_the_first_lines_say_until_when_it_is_in_force(line: str, expected: tuple[date | None, date | None]) -> None:
    assert times(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "OUT OF DATE. Kept for the record.",
        "*** SUPERSEDED ***",
        "This document is no longer valid.",
        "This policy has been replaced.",
    ],
)
def test_a_banner_ends_a_document_nobody_says_when(line: str) -> None:
    assert times(line) == (None, date.min)
    assert times(line, "Effective 1 January 2023.") == (date(2023, 1, 1), date(2023, 1, 1))


@pytest.mark.parametrize("title", ["Leave (archived)", "[OUTDATED] Leave"])
def test_a_title_can_be_such_a_banner(title: str) -> None:
    assert times("Text.", title=title) == (None, date.min)


@pytest.mark.parametrize(
    "line",
    [
        "Effective for contracts signed on or after 1 July 2025.",
        "Applies to children born on or after 1 March 2026.",
        "Vouchers are valid until 31 March 2025, badges, valid until 1 May 2025, too.",
        "Enrolment ends on 31 March 2025. Your visa expires on 31 March 2025.",
        "Version of 1 January 2026. Last changed 3 March 2025.",
        "With effect from 1 April and 1 October.",
        "The old rules are out of date, a broken phone is replaced on 1 May 2025.",
        "Laptops are replaced after 4 years.",
        "Archived e-mails are kept for ten years.",
    ],
)
def test_dates_and_words_about_something_else_say_nothing(line: str) -> None:
    assert facts("Hello.", line) == NO_FACTS


def test_only_the_first_lines_count() -> None:
    assert times("x" * 600, "Effective 1 January 2026.") == (None, None)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Supersedes: Annual leave policy 2023", "Annual leave policy 2023"),
        ("Version: 4.0 Supersedes: Annual leave policy 2023 | Owner: HR", "Annual leave policy 2023"),
        ('It replaces the old "chair scheme".', "chair scheme"),
        ("Replaces “Claims and petty cash” of 2021.", "Claims and petty cash"),
    ],
)
def test_what_it_supersedes_is_taken_as_stated(line: str, title: str) -> None:
    assert facts(line).supersedes == (title,)


@pytest.mark.parametrize("line", ["The per diem replaces meal receipts.", "A new one replaces it within a day."])
def test_a_thing_that_replaces_another_is_no_document(line: str) -> None:
    assert facts(line).supersedes == ()


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Country supplement: Germany", ("DE",)),
        ("COUNTRY SUPPLEMENT: GERMANY (HAMBURG)", ("DE",)),
        ("Leave policy (UK)", ("GB",)),
        ("Leave policy - Portugal", ("PT",)),
        ("Leave policy | UK and Ireland", ("GB", "IE")),
        ("Germany supplement", ("DE",)),
        ("Sick pay, for employees in Portugal", ("PT",)),
        ("Working in Germany", ()),
        ("German lessons", ()),
        ("Business trips: Germany", ()),
        ("Moving to another country: Portugal", ()),
        ("Visa and immigration: United States", ()),
        ("State supplement: Georgia", ()),
        ("Interview: Jordan", ()),
        ("Contact: IT", ()),
    ],
)
def test_a_title_names_the_country_it_is_for(title: str, codes: tuple[str, ...]) -> None:
    assert countries(title) == codes


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("countries/germany.txt", ("DE",)),
        ("countries/de.md", ("DE",)),
        ("hr/Countries/united-kingdom/leave.md", ("GB",)),
        ("germany/leave.md", ("DE",)),
        ("united_states/leave.md", ("US",)),
        ("germany.md", ()),
        ("it/phones.md", ()),
        ("us/about.md", ()),
        ("travel/germany/hotels.md", ()),
        ("countries/leave.md", ()),
    ],
)
def test_a_path_names_the_country_it_is_for(path: str, codes: tuple[str, ...]) -> None:
    assert countries("Leave", path) == codes


def test_the_title_goes_before_the_path() -> None:
    assert countries("Leave (Portugal)", "countries/germany.md") == ("PT",)


def test_what_is_stated_goes_before_what_is_found_field_by_field() -> None:
    found = facts(
        "Effective 1 January 2026. Supersedes: Leave 2025", title="Leave (Portugal)", said=Facts(countries=("ES",))
    )
    assert found == Facts(("ES",), JANUARY, None, ("Leave 2025",))


def test_a_stated_time_is_never_mixed_with_a_found_one() -> None:
    said = Facts(effective_from=date(2026, 5, 1))
    assert facts("Valid until 31 December 2025.", said=said) == said
