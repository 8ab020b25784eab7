"""The fixed sentences fit where they are shown."""

import pytest

from ui import slack_words


def test_there_are_at_most_four_suggestions() -> None:
    assert len(slack_words.PROMPTS) <= 4


@pytest.mark.parametrize("label", [slack_words.SHOW_ME, slack_words.ASK_HR, slack_words.ON_THE_WEB, slack_words.SHARE])
def test_a_button_shows_its_whole_label(label: str) -> None:
    assert len(label) <= 30


def test_no_sentence_pings_a_group() -> None:
    sentences = [value for name, value in vars(slack_words).items() if name.isupper() and isinstance(value, str)]
    assert len(sentences) > 15
    assert [sentence for sentence in sentences if "<!" in sentence or "@channel" in sentence] == []
