"""Buttons and dialogs within Slack's limits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_slack.blocks import checked
from ui.slack_buttons import (
    Kept,
    feedback,
    hr_dialog,
    next_steps,
    pack,
    private_offer,
    reason_dialog,
    sharing,
    typed,
    unpack,
)

KEPT = Kept("C1", "1700000001.000100", 'How "many" days – für Teilzeit?')


def test_a_button_remembers_a_question_to_the_letter() -> None:
    assert unpack(pack(KEPT)) == KEPT


@given(st.text(max_size=4_000))
def test_a_button_never_remembers_more_than_slack_lets_it(question: str) -> None:
    value = pack(Kept("C1", "", question))
    assert len(value) <= 2_000
    assert question.startswith(unpack(value).question)


def test_all_that_stands_below_an_answer_is_what_slack_takes() -> None:
    blocks = [feedback("abc:2"), *next_steps(KEPT, "http://127.0.0.1:8611/?conversation=abc", asks_hr=True)]
    blocks += [*private_offer(KEPT), sharing(KEPT)]
    assert checked(blocks) == blocks


def test_where_nothing_can_be_done_next_there_is_no_empty_row() -> None:
    assert next_steps(KEPT, "", asks_hr=False) == []


@pytest.mark.parametrize(
    "view",
    [
        reason_dialog("abc:2"),
        hr_dialog("x", "*Sources*\n1"),
        hr_dialog("&amp;" * 400, "*Sources*\n" + "é" * 1_700),
        hr_dialog("\n" * 1_999, ""),
    ],
)
def test_a_dialog_is_what_slack_takes(view: dict[str, Any]) -> None:
    assert checked(view["blocks"], 100) == view["blocks"]
    assert len(view["title"]["text"]) <= 24
    assert len(view["private_metadata"]) <= 3_000


def test_a_field_that_was_left_empty_is_empty() -> None:
    view = {"state": {"values": {"reason": {"reason": {"type": "plain_text_input", "value": None}}}}}
    assert typed(view, "reason") == ""
    assert typed({"state": {"values": {}}}, "reason") == ""
