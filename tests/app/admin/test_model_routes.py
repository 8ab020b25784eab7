"""Versions of the model over HTTP: promoted with a verdict or for a reason, rolled back; who did it is noted."""

from pathlib import Path

import httpx
import pytest

from app.bootstrap import Home
from app.identity import audit
from app.judging.verdict import write_verdict
from app.registry.history import Change
from app.registry.shelf import Shelf, shelf_of
from tests.app.admin.conftest import ADMIN
from tests.app.registry.test_promotion import verdict
from tests.app.registry.versions import model, registered

REASON = {"reason": "A trial"}


@pytest.fixture
def shelf(managed: Home, tmp_path: Path) -> Shelf:
    """With hr/1, which was judged better than quoting, and hr/2, which nobody judged."""
    found = shelf_of(managed.settings.home)
    first, _ = (registered(found, model(tmp_path / f"m{value}", value)) for value in (1, 2))
    place = found.folder / "verdicts" / "one"
    place.mkdir(parents=True)
    write_verdict(place, verdict(first, "quoting"))
    return found


def test_versions_are_told_with_what_speaks_for_them(http: httpx.Client, shelf: Shelf) -> None:
    told = http.get("/api/admin/models").json()
    assert (told["answering"], told["promoted"], told["fixed"]) == ("quoting", "", "")
    by_ref = {one["version"]: one for one in told["versions"]}
    assert (by_ref["hr/1"]["shown_better"], by_ref["hr/2"]["shown_better"]) == (True, False)
    assert by_ref["hr/1"]["verdicts"][0]["result"] == "better"


def test_a_version_with_a_verdict_is_promoted_by_whom_it_says(http: httpx.Client, managed: Home, shelf: Shelf) -> None:
    told = http.post("/api/admin/models/hr/1/promote", json={})
    assert told.json()["why"].startswith("better than quoting")
    assert (shelf.promoted(), shelf.history.entries()[0].who) == ("hr/1", ADMIN)
    (noted,) = audit.listed(managed.engine)
    assert (noted.who, noted.what, noted.on) == (ADMIN, "promoted a model", "hr/1")


def test_without_a_verdict_a_reason_is_asked_for_and_kept(http: httpx.Client, shelf: Shelf) -> None:
    refused = http.post("/api/admin/models/hr/2/promote", json={"reason": " "})
    assert (refused.is_error, shelf.promoted()) == (True, "")
    assert http.post("/api/admin/models/hr/2/promote", json=REASON).json()["why"] == "without a verdict: A trial"


def test_a_roll_back_returns_to_the_one_before(http: httpx.Client, managed: Home, shelf: Shelf) -> None:
    for number in (1, 2):
        http.post(f"/api/admin/models/hr/{number}/promote", json=REASON)
    assert http.get("/api/admin/models").json()["before"] == "hr/1"
    assert http.post("/api/admin/models/roll-back", json=REASON).json() == {"version": "hr/1", "before": "hr/2"}
    assert [entry.who for entry in shelf.history.entries() if entry.change is Change.ROLLED_BACK] == [ADMIN]
    assert [one.reason for one in audit.listed(managed.engine, 1)] == ["A trial"]


def test_the_card_has_the_verdict_and_no_front_matter(http: httpx.Client, shelf: Shelf) -> None:
    card = http.get("/api/admin/models/hr/1/card").json()["card"]
    assert card.startswith("# hr/1")
    assert "**better** than old" in card


@pytest.mark.parametrize("ref", ["hr/9", "..%2F../x", "hr/.partial"])
def test_what_is_no_version_is_not_there(http: httpx.Client, shelf: Shelf, ref: str) -> None:
    for method, step in (("GET", "card"), ("POST", "promote")):
        assert http.request(method, f"/api/admin/models/{ref}/{step}").status_code == 404
