from concurrent.futures import ThreadPoolExecutor

from retrieval.terms import content_terms, terms, words


def test_words_lose_case_and_accents() -> None:
    assert words("Élan, Überstunden & STRASSE") == ["elan", "uberstunden", "strasse"]


def test_a_possessive_is_the_word_itself() -> None:
    assert words("the employee's and the employees’ leave") == ["the", "employee", "and", "the", "employees", "leave"]


def test_an_apostrophe_inside_a_word_is_dropped() -> None:
    assert words("don't can’t") == ["dont", "cant"]


def test_forms_of_a_word_are_one_term() -> None:
    assert terms("claim claims claimed claiming") == ["claim", "claim", "claim", "claim"]


def test_stop_words_carry_no_meaning() -> None:
    assert content_terms("How do I claim my expenses?") == ["claim", "expens"]


def test_a_question_of_stop_words_only_keeps_them() -> None:
    assert content_terms("What about it?") == ["what", "about", "it"]


def test_emoji_and_signs_are_no_terms() -> None:
    assert terms('🎉 -- "" () *') == []


def test_stemming_in_many_threads_gives_the_same_terms() -> None:
    texts = [f"claiming expenses {number} travelling allowances" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(terms, texts))
    assert [line[0:2] for line in found] == [["claim", "expens"]] * 200
