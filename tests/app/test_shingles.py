from app.shingles import patterns, shingles, written

LEAVE = "Every employee has twenty-seven days of annual leave a year."
STEMS = ("everi", "employe", "has", "twenti", "seven", "day", "of", "annual")


def test_a_text_is_every_run_of_eight_of_its_words() -> None:
    assert shingles("One two three four five six seven eight. Nine?") == {
        ("one", "two", "three", "four", "five", "six", "seven", "eight"),
        ("two", "three", "four", "five", "six", "seven", "eight", "nine"),
    }


def test_a_short_text_is_like_many_others_and_has_none() -> None:
    assert shingles("How many days of annual leave?") == set()


def test_case_punctuation_and_endings_make_no_other_run() -> None:
    assert shingles("every EMPLOYEES has: twenty seven day\n\nof annual") == {STEMS}


def test_a_run_is_known_as_it_is_written() -> None:
    found = written([LEAVE, "every employee has twenty-seven days of ANNUAL"])
    assert found[STEMS] == {
        "Every employee has twenty-seven days of annual",
        "every employee has twenty-seven days of ANNUAL",
    }
    assert set(found) == shingles(LEAVE)


def test_an_apostrophe_is_read_as_the_search_reads_it() -> None:
    text = "Nobody's manager’s manager can't approve the team's own leave requests."
    assert set(written([text])) == shingles(text)


def test_files_hold_a_run_as_written_as_json_or_as_stems() -> None:
    found = patterns(written(["Wer kündigt, bekommt\nsein Zeugnis binnen zwei Wochen"]))
    assert found == {
        "Wer kündigt, bekommt\nsein Zeugnis binnen zwei Wochen".encode(),
        rb"Wer k\u00fcndigt, bekommt\nsein Zeugnis binnen zwei Wochen",
        b"wer kundigt bekommt sein zeugni binnen zwei wochen",
    }
