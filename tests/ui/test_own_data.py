"""What is kept about oneself: who is signed in sees it and can delete it."""

from app.access import Caller
from app.bootstrap import Home
from app.identity.own_data import break_glass
from tests.ui.test_message import answer, question
from tests.ui.web_page import OPEN_PAGE, button, shown
from ui import own_data_view

INGRID = "ingrid.vossberg@quillmere.example"
ADMIN = Caller("ada.finch@quillmere.example", frozenset(["group:admins"]))


def test_it_is_deleted_after_a_second_thought_and_who_read_it_is_told(page: OPEN_PAGE, sample: Home) -> None:
    me = Caller(INGRID)
    talk = sample.conversations.begin(me, "About leave")
    for message in (question("About leave"), answer()):
        sample.conversations.add(me, talk, message)
    break_glass(sample.engine, ADMIN, talk, "A complaint about it")
    at = button(page(INGRID, talk), "Your data")
    assert own_data_view.kept(0) in shown(at)
    assert "A complaint about it" in shown(at)
    at = button(at, "Delete my data")
    assert own_data_view.NOT_SURE in "".join(one.value for one in at.warning).replace("\\", "")
    at = button(at, "Your data")
    at.checkbox(key="own-data-sure").check()
    at = button(at, "Delete my data")
    assert [one.value for one in at.success] == [own_data_view.gone(1)]
    assert sample.conversations.listed(me) == []


def test_whoever_is_not_signed_in_has_none(page: OPEN_PAGE) -> None:
    assert "Your data" not in [one.label for one in page().button]
