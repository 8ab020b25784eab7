from app.bootstrap import Home
from retrieval.ledger import runs
from tests.app.finetune.conftest import everyone

SLACK = "slack-T1"


def uris(home: Home, *more: str) -> set[str]:
    return set(everyone(home, *more).documents)


def test_only_what_everyone_may_read_is_learned_from_unless_somebody_asks(company: Home) -> None:
    assert "handbook/leave.md" in uris(company)
    assert "handbook/hr/bands.md" not in uris(company)
    assert "handbook/hr/bands.md" in uris(company, "group:hr")


def test_slack_is_learned_from_only_where_an_admin_says_so(own_company: Home) -> None:
    assert not any(uri.startswith(SLACK) for uri in uris(own_company))
    runs.allow_training(own_company.engine, SLACK, allowed=True)
    assert any(uri.startswith(SLACK) for uri in uris(own_company))
    runs.allow_training(own_company.engine, SLACK, allowed=False)
    assert not any(uri.startswith(SLACK) for uri in uris(own_company))


def test_an_admin_can_close_a_folder_too(own_company: Home) -> None:
    runs.allow_training(own_company.engine, "handbook", allowed=False)
    assert uris(own_company) == set()


def test_what_is_not_allowed_is_closed(company: Home) -> None:
    allowed = everyone(company)
    assert "handbook/hr/bands.md" in allowed.closed
    assert allowed.closed.isdisjoint(allowed.documents)


def test_words_said_in_slack_follow_its_source(own_company: Home) -> None:
    assert everyone(own_company).allows_place("")
    assert not everyone(own_company).allows_place("slack:T1/C1/1.2")
    runs.allow_training(own_company.engine, SLACK, allowed=True)
    assert everyone(own_company).allows_place("slack:T1/C1/1.2")
    assert not everyone(own_company).allows_place("slack:T11/C1/1.2")
