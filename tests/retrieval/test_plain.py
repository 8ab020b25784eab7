import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval.plain import folded, harmless


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("See [the policy](https://evil.example/a) now", "See the policy now"),
        ("An ![organigram](https://evil.example/p.png) image", "An organigram image"),
        ('With [a title](http://evil.example "click me") too', "With a title too"),
        ("[![inner](http://a.example)](http://b.example) both", "inner both"),
        ("An <https://evil.example/x> address", "An https://evil.example/x address"),
        ("Some <b>bold</b> and <img src=x onerror=alert(1)>text", "Some bold and text"),
        ("A <!-- hidden --> comment", "A  comment"),
        ("Ask <@U0QHANA01> or <!channel> in <#C0QGENRL1|general>", "Ask  or  in "),
    ],
)
def test_markup_goes_and_its_words_stay(text: str, kept: str) -> None:
    assert harmless(text) == kept


def test_a_reference_definition_is_removed() -> None:
    assert harmless("See [policy].\n\n[policy]: https://evil.example 'x'\nEnd") == "See [policy].\n\n\nEnd"


def test_a_line_that_only_looks_like_a_definition_keeps_its_words() -> None:
    assert harmless("[People team]: ask about pay") == "[People team] : ask about pay"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("pay\u202eroll\u2066 day", "payroll day"),  # writing direction
        ("ho\u200bli\u200dday\ufeff", "holiday"),  # zero width
        ("bell\x07 and \x1b[31mred", "bell and [31mred"),  # terminal control
        ("two\nlines\tand tabs", "two\nlines\tand tabs"),
    ],
)
def test_invisible_characters_go_and_line_breaks_stay(text: str, kept: str) -> None:
    assert harmless(text) == kept


def test_an_invisible_character_cannot_hide_a_link() -> None:
    assert harmless("[x]\u200b(http://evil.example)") == "x"


@pytest.mark.parametrize(
    "text",
    [
        "Hours < 40 and days > 3.",
        "1) a (b) [c] {d}",
        "2 * 3 * 4 _and_ `code`",
        "ask people@quillmere.example at 09:00",
        "Größe, naïve, 年次休暇, 🎉",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_deeply_nested_markup_ends_as_inert_text() -> None:
    text = harmless("![" * 40 + "x" + "](http://evil.example)" * 40)
    assert "](" not in text


def test_text_that_is_harmless_already_is_not_changed_again() -> None:
    once = harmless("a <b <c [d]: e [f [g] h](i) <<j>k>")
    assert harmless(once) == once


def test_white_space_is_folded_to_single_spaces() -> None:
    assert folded(" a\n\tb  c ") == "a b c"


_MARKUP = st.lists(
    st.sampled_from(
        ["[", "]", "(", ")", "!", "<", ">", "/", "a", "b", " ", "\n", ":", "\\", "\u200b", "http://e.x", "'"]
    ),
    max_size=30,
).map("".join)


@settings(deadline=None)
@given(st.one_of(st.text(), _MARKUP))
@example("[a [b] c](http://e.x)")
@example("[a\nb](http://e.x)")
@example("<<b>script>alert(1)")
@example("[x]<b>(http://e.x)")
@example("> [a]: http://e.x\n\n[a]")
def test_nothing_that_a_front_end_could_draw_is_left(text: str) -> None:
    left = harmless(text)
    assert not re.search(r"\]\(|\]\[", left)
    assert not re.search(r"</?[a-zA-Z]|<[!?@#]", left)
    assert not re.search(r"^[ >*+-]*\[[^\]\n]+\]:", left, re.MULTILINE)
