"""Log lines have ids and counts, in one form, and no question's text."""

import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from app.access import Caller
from app.bootstrap import Home
from app.observation import logs
from app.observation.ended import Ended
from app.question import Question
from retrieval.errors import LedgerDamaged
from retrieval.ledger.engine import writing

ENDED = Ended("answered", "quoting", {"search": 12.5, "total": 20.0}, 0, "talk-1")


@pytest.fixture
def own_logging() -> Iterator[None]:
    """What a test sets up is undone."""
    root, answers = logging.getLogger(), logging.getLogger("frontdesk.answers")
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    answers.setLevel(logging.NOTSET)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.usefixtures("own_logging")
def test_an_ended_question_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(logging.ERROR, as_json=True)
    logs.ended(ENDED)
    [line] = lines(capsys)
    assert (line["event"], line["outcome"], line["conversation"]) == ("question ended", "answered", "talk-1")
    assert (line["search_ms"], line["total_ms"], line["level"]) == (12.5, 20.0, "info")


@pytest.mark.usefixtures("own_logging")
def test_other_libraries_lines_have_the_same_form_with_their_trace(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(logging.ERROR, as_json=True)
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("alembic").exception("Failed at %s", "step 2")
    logging.getLogger("alembic").info("not told")
    [line] = lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("Failed at step 2", "alembic", "error")
    assert line["exception"]


@pytest.mark.usefixtures("own_logging")
def test_for_a_person_a_line_is_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(logging.WARNING, as_json=False)
    logging.getLogger("app.launcher").warning("A run could not be started")
    assert "[warning  ] A run could not be started" in capsys.readouterr().err


@pytest.mark.usefixtures("own_logging")
def test_no_words_of_the_question_or_the_answer_are_logged(office: Home, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(logging.DEBUG, as_json=True)
    home = Home(office.settings.model_copy(update={"log": "json"}))
    home.__dict__.update({name: getattr(office, name) for name in ("engine", "embedder", "indexes", "retriever")})
    list(home.desk.ask(Question("How many days of annual leave does every employee have?", Caller(), turns=())))
    told = capsys.readouterr().err
    assert "question ended" in told
    assert "annual leave" not in told.lower()


@pytest.mark.usefixtures("own_logging")
@pytest.mark.parametrize("as_json", [False, True])
def test_no_value_of_a_variable_or_a_statement_is_logged_with_an_error(
    home: Home, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    logs.set_up(logging.WARNING, as_json=as_json)
    question = " ".join(["May", "I", "marry", "my", "manager?"])  # in no line of code as it is asked
    try:
        with writing(home.engine) as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:question)"), {"question": question})
    except LedgerDamaged:
        logging.getLogger("app.answering").exception("Question failed")
    told = capsys.readouterr().err
    assert "nowhere" in told
    assert question not in told
