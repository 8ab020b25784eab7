from importlib import resources

import pytest

from retrieval.countries import code_of, is_code, name_of, named, only_named


def test_there_are_the_249_codes_of_iso_3166() -> None:
    lines = (resources.files("retrieval") / "countries.txt").read_text(encoding="utf-8").splitlines()
    codes = [line.split("|")[0] for line in lines]
    assert (len(codes), len(set(codes)), codes == sorted(codes)) == (249, 249, True)


@pytest.mark.parametrize("code", ["DE", "GB", "ZW"])
def test_a_code_is_known(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize("code", ["UK", "EU", "XX", "de", ""])
def test_what_is_no_code_is_not_known(code: str) -> None:
    assert not is_code(code)


def test_a_code_has_the_name_that_people_use() -> None:
    assert [name_of(code) for code in ("GB", "US", "GE", "CZ")] == [
        "United Kingdom",
        "United States",
        "Georgia",
        "Czechia",
    ]


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("de", "DE"),
        (" PT ", "PT"),
        ("NO", "NO"),
        ("UK", "GB"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("united states of america", "US"),
        ("Georgia", "GE"),
        ("Atlantis", None),
        ("Germany and Portugal", None),
        ("", None),
    ],
)
def test_a_stated_country_is_a_code_or_a_name_and_nothing_else(stated: str, code: str | None) -> None:
    assert code_of(stated) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("How much leave do I get in Germany?", {"DE"}),
        ("is it longer in the united kingdom than in PORTUGAL?", {"GB", "PT"}),
        ("the US office and the UK one", {"US", "GB"}),
        ("Germany's rules, please", {"DE"}),
        ("our people in Northern Ireland", {"GB"}),
        ("our people in Ireland", {"IE"}),
        ("a move to New Mexico", {"US"}),
        ("in South Korea, in Papua New Guinea", {"KR", "PG"}),
        ("What does the Portuguese office do?", {"PT"}),
        ("South African colleagues", {"ZA"}),
    ],
)
def test_a_text_names_countries(text: str, codes: set[str]) -> None:
    assert named(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Tell us about it, or call IT, or me, in no case at night",
        "Do we get German lessons and a Swiss army knife?",
        "Jordan and Chad from Georgia will know, says Jersey",
        "Is the coffee Turkish?",
        "",
    ],
)
def test_what_as_often_means_something_else_names_no_country(text: str) -> None:
    assert named(text) == set()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("GERMANY", ("DE",)),
        ("UK and Ireland", ("GB", "IE")),
        ("Germany supplement", ("DE",)),
        ("for employees in Portugal", ("PT",)),
        ("the Dutch office", ("NL",)),
        ("Working in Germany", ()),
        ("Hamburg", ()),
        ("Georgia", ()),
        ("IT", ()),
        ("", ()),
        ("supplement", ()),
    ],
)
def test_a_text_is_about_a_country_when_it_says_nothing_else(text: str, codes: tuple[str, ...]) -> None:
    assert only_named(text) == codes


def test_a_very_long_text_is_read_word_by_word() -> None:
    assert named("united states " * 5_000 + "of nothing") == {"US"}
