import pytest

from retrieval.access import PUBLIC, Audience, Scope, audience_id


@pytest.mark.parametrize("name", ["everyone", "group:managers", "group:people-team.uk", "slack:T0QUILL01/C0QGENRL1"])
def test_the_three_kinds_of_audience_are_known(name: str) -> None:
    assert audience_id(name) == name


@pytest.mark.parametrize("name", ["", "Everyone", "all", "group:", "group:a b", "group:a,b", "everyone ", None, 7])
def test_anything_else_is_no_audience(name: object) -> None:
    with pytest.raises(ValueError, match="an audience is everyone, group:NAME or slack:TEAM/CHANNEL"):
        audience_id(name)


def test_an_audience_with_a_wrong_id_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="'hr'"):
        Audience("hr")


def test_a_scope_holds_its_audiences_and_no_other() -> None:
    scope = Scope(frozenset({"everyone", "group:hr"}))
    assert ["everyone" in scope, "group:hr" in scope, "group:managers" in scope] == [True, True, False]


def test_the_public_scope_is_everyone_only() -> None:
    assert PUBLIC.audiences == frozenset({"everyone"})


def test_an_empty_scope_holds_nothing() -> None:
    assert "everyone" not in Scope(frozenset())
