"""What is drawn of any text. A CommonMark parser of another make says what is markup; the browser tests look."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ui import web_markdown

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SPANS = re.compile(r":(?:primary|yellow-background)\[")
LITERAL = {"inline", "paragraph_open", "paragraph_close", "text", "code_inline", "hardbreak", "softbreak"}
TABLE = {f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")}
HOSTILE = (
    "![logo](http://evil.example/x.png)",
    "[click](http://evil.example)",
    "<script>fetch('http://evil.example')</script>",
    "<img src=http://evil.example/x.png onerror=alert(1)>",
    "<!-- hidden -->",
    "$$\\frac{1}{2}$$ and $x$",
    ":material/delete: :tada: :streamlit:",
    ":red[alarm] ::: note",
    "# Heading\n- item\n1. item\n> quote\n---\n    code",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```\ncode\n```\n~~~",
    "&lt;b&gt; &amp; \\* \\",
    "[ref]\n\n[ref]: http://evil.example",
    "[^1]\n\n[^1]: note",
    "**bold** _slanted_ ~~gone~~ `code`",
)
texts = st.text(st.sampled_from("ab1 \n\t`*_[]()<>!#:@/.\\$~|&;-+=\"'{}wé\r"), max_size=60)


def drawn(markdown: str) -> tuple[set[str], str]:
    """The kinds of elements that a Markdown text becomes, and the words that it shows."""
    kinds, words = set(), []
    for token in PARSER.parse(markdown):
        kinds.add(token.type)
        for child in token.children or ():
            kinds.add(child.type)
            words.append("\n" if child.type in ("hardbreak", "softbreak") else child.content)
        if token.type == "paragraph_close":
            words.append("\n\n")
    return kinds, "".join(words)


def words_of(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_drawn_literally(text: str) -> None:
    kinds, shown = drawn(web_markdown.answer_markdown(text))
    assert kinds <= LITERAL
    assert words_of(shown) == words_of(text)


@given(texts)
@example("`http://a.b`c")
@example("\\`www.evil.example")
@example("a\r\rb")
def test_every_text_is_drawn_with_its_own_characters_and_as_nothing_else(text: str) -> None:
    kinds, shown = drawn(web_markdown.marked(text, []))
    assert kinds <= LITERAL
    assert words_of(shown) == words_of(text)


@given(texts)
def test_nothing_outside_code_is_an_address_or_a_code_that_the_page_would_draw(text: str) -> None:
    # The page looks for these in the text that is left after the escapes are gone.
    outside = [
        child.content
        for token in PARSER.parse(web_markdown.marked(text, []))
        for child in token.children or ()
        if child.type == "text"
    ]
    for piece in outside:
        assert not re.search(r"https?://[-.\w]*\w\.\w|www\.\w|[-.\w+]@[-\w]+\.[-\w]|:[\w+-]+:", piece)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Ask hr@quillmere.example.", "Ask `hr@quillmere.example`\\."),
        ("See (https://meadow.example/a?b=1), then", "See \\(`https://meadow.example/a?b=1`\\)\\, then"),
        ("WWW.evil.example", "`WWW.evil.example`"),
        ("http://evil.example/[x]", "`http://evil.example/`\\[x\\]"),
        ("Thanks :tada: at 9:30", "Thanks `:tada:` at 9\\:30"),
    ],
)
def test_addresses_and_emoji_codes_are_drawn_as_code(text: str, markdown: str) -> None:
    assert web_markdown.escaped(text) == markdown


def test_citation_marks_stand_out_and_other_brackets_do_not() -> None:
    shown = web_markdown.answer_markdown("25 days [2] or [x] more [10]")
    assert shown == "25 days :blue[**\\[2\\]**] or \\[x\\] more :blue[**\\[10\\]**]"


def test_a_single_line_break_stays_and_an_empty_line_parts_paragraphs() -> None:
    assert web_markdown.answer_markdown("one\ntwo\n\nthree") == "one  \ntwo\n\nthree"


def test_rows_of_a_table_are_drawn_as_a_table_with_the_first_as_its_head() -> None:
    text = "By band:\nBand | Days | Note\nB2 | 25 [1]\nB3 |  | http://x.example/a|b\nAsk HR.\n\none | row"
    markdown = web_markdown.answer_markdown(text)
    assert drawn(markdown)[0] - LITERAL == TABLE | {"strong_open", "strong_close"}
    assert markdown == (
        "By band\\:\n\n"
        "| Band | Days | Note |\n| --- | --- | --- |\n"
        "| B2 | 25 :blue[**\\[1\\]**] |\n| B3 |  | `http://x.example/a\\|b` |"
        "\n\nAsk HR\\.\n\none \\| row"
    )


def test_a_wide_table_of_few_rows_stands_on_its_side_to_fit_on_a_phone() -> None:
    markdown = web_markdown.answer_markdown("Grade | Leeds | Lisbon | Hamburg | Columbus\nG5 | 50 | 39 [1]")
    assert markdown.strip() == (
        "| Grade | G5 |\n| --- | --- |\n| Leeds | 50 |\n| Lisbon | 39 :blue[**\\[1\\]**] |\n"
        "| Hamburg |  |\n| Columbus |  |"
    )


@given(texts, texts)
def test_no_cell_is_lost_and_none_is_markup(one: str, other: str) -> None:
    rows = f"Band | Days\n{one} | {other}"
    kinds, shown = drawn(web_markdown.answer_markdown(rows))
    assert kinds <= LITERAL | TABLE
    assert sorted("".join(words_of(shown)).replace("|", "")) == sorted("".join(words_of(rows)).replace("|", ""))


def test_indented_lines_do_not_become_code() -> None:
    assert drawn(web_markdown.answer_markdown("first\n\n    indented\n\n\tagain"))[0] <= LITERAL


def test_the_quoted_parts_of_a_passage_are_highlighted() -> None:
    passage = "You get 25 days. They count from May. Ask us."
    shown = web_markdown.marked(passage, ["You get 25 days.", "Ask us."])
    assert shown == ":yellow-background[You get 25 days\\.] They count from May\\. :yellow-background[Ask us\\.]"


def test_a_quote_over_two_lines_is_highlighted_on_both() -> None:
    shown = web_markdown.marked("a\nb c\nd", ["b c\nd"])
    assert shown == "a  \n:yellow-background[b c]  \n:yellow-background[d]"


def test_overlapping_and_absent_quotes_leave_each_character_once() -> None:
    shown = web_markdown.marked("one two three", ["one two", "two three", "four", ""])
    assert shown == ":yellow-background[one two]:yellow-background[ three]"


@given(texts, st.integers(0, 30), st.integers(1, 30))
def test_highlighting_never_loses_or_adds_a_word(text: str, start: int, length: int) -> None:
    shown = SPANS.sub("", web_markdown.marked(text, [text[start : start + length]]))
    plain = re.sub(r"(?<!\\)\]", "", re.sub(r"\\\\", "\0", shown)).replace("\0", "\\\\")
    _, words = drawn(plain)
    assert "".join(words_of(words)) == "".join(words_of(text))
