"""`frontdesk insights` on the terminal."""

import json

from app.access import Caller
from app.bootstrap import Home
from app.question import Question
from tests.app.commands import Frontdesk
from tests.app.test_server import LEAVE


def test_a_home_that_nobody_asked_says_so(frontdesk: Frontdesk) -> None:
    done = frontdesk("insights", "--days", "2")
    assert (done.code, "Nobody asked anything" in done.out) == (0, True)


def test_tables_json_and_csv_say_the_same(at_office: Frontdesk, office: Home) -> None:
    list(office.desk.ask(Question(LEAVE, Caller())))
    shown, told = at_office("insights").out, json.loads(at_office("insights", "--json").out)
    assert "Annual leave" in shown
    assert told["total"]["answered"] >= 1
    assert at_office("insights", "--csv", "used").out.splitlines()[0] == "uri,title,answers"


def test_an_unknown_table_names_the_known_ones(frontdesk: Frontdesk) -> None:
    done = frontdesk("insights", "--csv", "words")
    assert (done.code != 0, "days, latency, used, unused" in done.error) == (True, True)
