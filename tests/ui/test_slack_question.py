"""Telling questions from talk."""

import pytest

from ui.slack_question import is_question, is_talk


@pytest.mark.parametrize(
    "text",
    [
        "How many days of leave do I get?",
        "how do I claim my expenses",
        "Hi all, does anybody know the hotel cap in Lisbon?",
        "Wie viele Urlaubstage habe ich",
        "Combien de jours de congé ai-je ?",
        "Good morning!\nWho do I tell when I am ill?\nThanks",
    ],
)
def test_a_question_is_known_by_its_mark_or_its_first_word(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text", ["Lunch?", "What a day!", "The build is green.", "I wonder about leave", "", "??", "How great that is."]
)
def test_in_doubt_it_is_none(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize("text", ["thanks", "Thank you so much!", "ok", "Got it, thanks", "🎉", "Danke schön", "haha"])
def test_thanks_and_agreement_are_talk(text: str) -> None:
    assert is_talk(text)


@pytest.mark.parametrize("text", ["and in Portugal", "ok?", "thanks, and for hotels", "part time"])
def test_everything_else_is_not(text: str) -> None:
    assert not is_talk(text)
