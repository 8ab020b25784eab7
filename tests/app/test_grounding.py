"""Laws 5 and 7 while a model's text streams: only known numbers, only links of the sources, no markup."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.grounding import cited, claim_of, grounded, support
from tests.passages import passage

LEAVE = passage(1, "You have 27 days. See https://intranet.example/leave for the form.")
BADGES = passage(2, "Badges open doors. Lost ones are blocked.", title="Badges")
SOURCES = [LEAVE, BADGES]

HOSTILE = st.lists(
    st.sampled_from(
        [
            "[1]", "[2]", "[7]", "[1, 9]", "[", "]", "](", ")", "](javascript:x)", "![pixel](https://evil.example/p.png)",
            "<script>", "</b>", "<!--", "-->", "<", ">", "<@U123>", "<!channel>", "<https://evil.example>",
            "https://evil.example/?q=1", "https://intranet.example/leave", "https:", "//evil.example", "\u200b", "]: ",
            "www.evil.example", " ", "\n", "leave", "27 days.", "Our documents do not say.",
        ]
    ),
    max_size=14,
).map("".join)  # fmt: skip


def said(text: str) -> str:
    return "".join(grounded([text], SOURCES))


@settings(deadline=None)
@given(text=HOSTILE, cuts=st.lists(st.integers(0, 200), max_size=12))
def test_what_comes_out_does_not_depend_on_how_the_model_cut_it(text: str, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[first:last] for first, last in pairwise(places)]
    assert list(grounded(pieces, SOURCES)) == list(grounded([text], SOURCES))


@settings(deadline=None, max_examples=300)
@given(text=HOSTILE)
def test_whatever_a_model_writes_no_link_tag_or_mention_comes_out(text: str) -> None:
    answer = said(text)
    hosts = set(re.findall(r"(?:https?://|www\.)([^\s/\[\])\"'<>]*)", answer))
    assert not re.search(r"\]\(|\]:|<[a-zA-Z/!?@#]", answer)
    assert hosts <= {"intranet.example"}


@settings(deadline=None)
@given(text=HOSTILE)
def test_whatever_a_model_writes_only_known_numbers_are_cited(text: str) -> None:
    assert set(cited(said(text))) <= {1, 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes [1] and [2].", "Yes [1] and [2]."),
        ("Yes [3] and [2].", "Yes  and [2]."),
        ("Yes [1, 2, 9].", "Yes [1] [2]."),
        ("Yes [1 ; 8].", "Yes [1]."),
    ],
    ids=["known", "one unknown", "a list", "a list with blanks"],
)
def test_numbers_that_were_not_given_are_dropped(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://intranet.example/leave.", "See https://intranet.example/leave."),
        ("See https://evil.example/x now.", "See [link removed] now."),
        ("See https://intranet.example now.", "See [link removed] now."),
        ("See www.evil.example now.", "See [link removed] now."),
        ("See [the form](https://evil.example) now.", "See the form now."),
        ("See [the [new] form](javascript:alert) now.", "See [the [new] form] (javascript:alert) now."),
        ("See https:\u200b//evil.example now.", "See [link removed] now."),
        ("See https:[9]//evil.example now.", "See [link removed] now."),
    ],
    ids=["of a source", "foreign", "a piece of a source's", "www", "Markdown", "nested", "hidden", "in a mark"],
)
def test_only_links_that_a_source_holds_stay(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A ![pixel](https://evil.example/p.png) b", "A pixel b"),
        ("A <img src=x onerror=y> b", "A  b"),
        ("A <<b>script>bad</script> b", "A bad b"),
        ("A <@U0123> and <!channel> b", "A  and  b"),
        ("A <!-- hidden words --> b", "A  b"),
        ("2 < 3 and 5 > 4", "2 < 3 and 5 > 4"),
    ],
    ids=["image", "tag", "nested tag", "mentions", "comment", "arithmetic"],
)
def test_images_html_and_mentions_are_taken_out(text: str, expected: str) -> None:
    assert said(text) == expected


def test_a_link_whose_label_is_longer_than_what_is_held_back_stays_dead() -> None:
    assert "](" not in said("[" + "very long label " * 60 + "](javascript:alert)")


def test_the_exact_refusal_gives_no_pieces() -> None:
    assert list(grounded(["Our docu", "ments do not", " say.\n"], SOURCES)) == []


def test_a_refusal_that_goes_on_is_still_a_refusal() -> None:
    assert list(grounded(["Our documents do not say. But I think 99 days."], SOURCES)) == []


def test_an_answer_that_begins_like_the_refusal_is_an_answer() -> None:
    assert said("Our documents do say so [1].") == "Our documents do say so [1]."


def test_words_go_out_before_the_model_is_done() -> None:
    written = []

    def pieces() -> Iterator[str]:
        for piece in ("You ha", "ve 27 d", "ays [1]."):
            written.append(piece)
            yield piece

    first = next(grounded(pieces(), SOURCES))
    assert (first, written) == ("You ", ["You ha"])


def test_cited_numbers_come_in_the_order_of_their_first_mention() -> None:
    assert cited("A [2]. B [1][2]. C [1].") == [2, 1]


def test_a_number_stands_behind_the_sentence_before_it() -> None:
    assert claim_of("You have 27 days [1]. Badges open doors [2].", 2) == "Badges open doors"


def test_the_supporting_sentence_is_the_one_that_shares_most_words() -> None:
    start, end = support("Are lost badges blocked?", BADGES)
    assert BADGES.text[start:end] == "Lost ones are blocked."
