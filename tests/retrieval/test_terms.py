import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.terms import content_terms, terms, words


def test_words_lose_case_and_accents() -> None:
    assert words("Élan, Überstunden & STRASSE") == ["elan", "uberstunden", "strasse"]


def test_a_possessive_is_the_word_itself() -> None:
    assert words("the employee's and the employees’ leave") == ["the", "employee", "and", "the", "employees", "leave"]


def test_an_apostrophe_inside_a_word_is_dropped() -> None:
    assert words("don't can’t") == ["dont", "cant"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("年假有几天？", ["年假", "假有", "有几", "几天"]),
        ("2025年度 VPN接続", ["2025", "年度", "vpn", "接続"]),
        ("税", ["税"]),
        ("วันลา", ["วน", "นล", "ลา"]),
    ],
)
def test_scripts_without_spaces_give_pairs_of_neighbours(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_vowel_signs_do_not_break_a_word() -> None:
    # Hindi writes vowels as marks, which once parted "छुट्टी" into single letters.
    assert words("छुट्टी कितने") == ["छटट", "कतन"]


def test_forms_of_a_word_are_one_term() -> None:
    assert terms("claim claims claimed claiming") == ["claim", "claim", "claim", "claim"]


def test_stop_words_carry_no_meaning() -> None:
    assert content_terms("How do I claim my expenses?") == ["claim", "expens"]


def test_a_question_of_stop_words_only_keeps_them() -> None:
    assert content_terms("What about it?") == ["what", "about", "it"]


def test_emoji_and_signs_are_no_terms() -> None:
    assert terms('🎉 ❤️ -- "" () * \0') == []


@given(st.text(st.characters()))
def test_terms_are_letters_and_digits_whatever_the_text(text: str) -> None:
    assert all(term.isalnum() for term in terms(text))


@given(st.text(st.characters(codec="ascii")))
def test_accents_elsewhere_change_no_word(text: str) -> None:
    assert words(f"{text} é") == [*words(text), "e"]


def test_stemming_in_many_threads_gives_the_same_terms() -> None:
    texts = [f"claiming expenses {number} travelling allowances" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(terms, texts))
    assert [line[0:2] for line in found] == [["claim", "expens"]] * 200


def test_a_long_text_without_spaces_takes_no_longer_for_each_character() -> None:
    begun = time.monotonic()
    assert len(terms("leave " + "年" * 600_000)) == 600_000
    assert time.monotonic() - begun < 3  # once grew with the square: 9 seconds
