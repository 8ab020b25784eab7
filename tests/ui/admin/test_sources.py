"""The page of sources."""

import pytest
from sqlalchemy import select

from app.bootstrap import Home
from retrieval.ledger import documents, runs
from retrieval.ledger.schema import sources
from tests.ui.admin.conftest import OPEN, click, shown
from ui import admin_view

pytestmark = pytest.mark.heavy  # each starts a server of its own


def test_a_source_says_what_it_holds_and_what_could_not_be_read(open_page: OPEN) -> None:
    at = open_page("sources")
    assert "4 documents" in shown(at)
    assert "broken\\.pdf: it is damaged or no PDF" in shown(at)
    assert not at.exception


def test_a_schedule_is_kept_when_it_is_chosen(open_page: OPEN, managed: Home) -> None:
    at = open_page("sources")
    at.selectbox(key="schedule office").set_value(60).run()
    assert [source.every_minutes for source in runs.listed_sources(managed.engine)] == [60]
    assert at.success[0].value == "office is read every hour."


def test_nothing_is_sent_before_a_file_and_its_readers_are_chosen(open_page: OPEN) -> None:
    at = open_page("sources")
    add = {one.key: one.disabled for one in at.button}
    assert (add["upload-go"], add["export-go"]) == (True, True)
    assert click(at, "folder-go").error[0].value == "A folder is needed, and who may read it."


def test_an_upload_begins_a_run_and_empties_the_form(open_page: OPEN, managed: Home) -> None:
    at = open_page("sources")
    at.file_uploader[0].set_value([("gifts.md", b"# Gifts\n\nNone.", "text/markdown")]).run()
    at.selectbox(key="upload-audience").set_value("everyone").run()
    click(at, "upload-go")
    assert at.success[0].value.startswith("1 document taken in for everyone.")
    assert next(one for one in at.button if one.key == "upload-go").disabled


def test_what_the_server_refuses_is_said_in_one_sentence(open_page: OPEN) -> None:
    at = open_page("sources")
    at.text_input(key="folder").set_value("handbook")
    click(at, "folder-go")
    assert at.error[0].value.startswith("There is no source 'handbook'".replace("'", "\\'"))


def test_a_source_is_deleted_only_after_a_second_click(open_page: OPEN, managed: Home) -> None:
    at = click(open_page("sources"), "delete office")
    assert len(documents.entries(managed.engine)) == 4
    click(at, "Delete it")
    assert documents.entries(managed.engine) == []
    assert at.success[0].value.startswith("Deleted office with 4 documents\\.".replace("\\.", "."))


def test_an_empty_home_says_what_to_do_first(open_page: OPEN, managed: Home) -> None:
    from app.admin.source_removal import remove_source

    remove_source(managed, "office")
    with managed.engine.connect() as connection:
        assert connection.execute(select(sources)).first() is None
    assert open_page("sources").info[0].value == admin_view.FIRST_STEPS
