"""Law 12: Slack text never enters a training set unless an admin turns it on per source; turns and answers inherit."""

from pathlib import Path

import pytest

from app import verified_answers
from app.access import Caller
from app.bootstrap import Home
from app.finetune import liked
from app.verified_answers import VerifiedAnswer
from retrieval.ledger import runs
from retrieval.ledger.documents import entries
from tests.app.finetune.conftest import THREAD, built, company, everyone, own_company  # noqa: F401 - fixtures
from tests.app.finetune.test_liked import answered

WORDS = ("boiler room", "blue door", "umbrella")
ASKED = "Where do umbrellas dry in the Leeds office?"


@pytest.fixture
def talked(own_company: Home) -> Home:  # noqa: F811
    """An answer from Slack was found helpful, one that rests on Slack was verified, and one was given in Slack."""
    (thread,) = [one.uri for one in entries(own_company.engine, "slack-T1")]
    one = VerifiedAnswer(
        "v1",
        "Where may an umbrella be left?",
        "The boiler room.",
        "x@x.example",
        "everyone",
        (thread, "handbook/travel.md"),
        None,
    )
    verified_answers.propose(own_company.engine, [one])
    verified_answers.approve(own_company.engine, "v1")
    runs.allow_training(own_company.engine, "slack-T1", allowed=True)
    asked = [answered(own_company, ASKED)]
    asked.append(
        answered(own_company, "What is the hotel cap, my umbrella is wet?", caller=Caller("", place="slack:T1/C1/1.2"))
    )
    liked.approve(own_company.engine, asked, everyone(own_company))
    return own_company


def set_of(home: Home) -> str:
    found = built(home)
    return repr((found.train, found.test)).lower()


def test_nothing_of_slack_is_in_a_set_until_its_source_is_turned_on(talked: Home) -> None:
    everything = set_of(talked)
    assert all(word in everything for word in WORDS)
    assert "[hidden: name]" in everything
    runs.allow_training(talked.engine, "slack-T1", allowed=False)
    nothing = set_of(talked)
    assert not [word for word in WORDS if word in nothing]


def test_a_new_source_of_slack_is_off(own_company: Home, tmp_path: Path) -> None:  # noqa: F811
    assert [one.may_train for one in runs.listed_sources(own_company.engine) if one.kind.startswith("slack")] == [False]
    assert str(THREAD[1]["text"])[:20].lower() not in set_of(own_company)
