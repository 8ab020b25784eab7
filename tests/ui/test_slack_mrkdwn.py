"""Answers as Slack draws them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events import Citation
from ui.slack_mrkdwn import (
    FALLBACK_LIMIT,
    MARKDOWN_LIMIT,
    fallback,
    fitting,
    markdown,
    markdown_block,
    mrkdwn,
    pages,
    parted,
    ready,
    source_blocks,
)


def citation(number: int, title: str = "Leave", anchor: str = "") -> Citation:
    return Citation(number, "handbook/leave.md", title, "27 days", anchor, "c1", 0, 7)


@pytest.mark.parametrize("ping", ["<!channel>", "<!here|here>", "<@U1>", "<!subteam^S1>", "<#C1>", "@channel", "@Here"])
def test_a_text_pings_nobody(ping: str) -> None:
    for drawn in (markdown(f"Ask {ping} now"), mrkdwn(f"Ask {ping} now"), fallback(f"Ask {ping} now")):
        assert "<" not in drawn
        assert "@channel" not in drawn
        assert "@Here" not in drawn


def test_entities_that_a_text_spells_stay_what_they_say() -> None:
    assert markdown("&lt;!channel&gt; & co") == "&amp;lt;!channel&amp;gt; &amp; co"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("See https://evil.example/a?b=1, now", "See `https://evil.example/a?b=1`, now"),
        ("(www.evil.example)", "(`www.evil.example`)"),
        ("Write to eve@evil.example.", "Write to `eve@evil.example`."),
        ("javascript://x", "`javascript://x`"),
        ("`https://evil.example", "'`https://evil.example`"),
    ],
)
def test_an_address_is_drawn_as_code_and_opens_nothing(text: str, drawn: str) -> None:
    assert markdown(text) == drawn


@pytest.mark.parametrize(
    "text", ["[click](https://evil.example)", "[a b](x)", "![x](y)", "[a][b]", "[a]: https://e.example"]
)
def test_what_would_be_a_link_or_a_picture_is_taken_apart(text: str) -> None:
    drawn = markdown(text)
    assert all(mark not in drawn for mark in ("](", "][", "]:"))


def test_marks_of_sources_lists_and_tables_stay() -> None:
    text = "**Leave**\n- 27 days [1]\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert markdown(text) == text


def test_codes_of_emoji_are_drawn_as_text_and_times_stay() -> None:
    assert markdown(":tada: 10:30:00") == ":\u2060tada: 10:30:00"


def test_invisible_characters_go() -> None:
    assert markdown("pay\u202eroll\u200b") == "payroll"


@given(st.text(alphabet="ab <>&@`[](): \nhttps/.w|", max_size=60), st.integers(0, 60))
def test_a_part_that_is_ready_begins_the_whole(text: str, at: int) -> None:
    grown = text[:at]
    assert markdown(text).startswith(markdown(grown[: ready(grown)]))


@given(st.text(max_size=80))
def test_no_text_makes_an_angle_bracket(text: str) -> None:
    assert not {"<", ">"} & set(markdown(text) + mrkdwn(text) + fallback(text))


def test_a_long_answer_is_cut_between_paragraphs_and_loses_nothing() -> None:
    text = "\n\n".join(f"Paragraph {number} " + "word " * 100 for number in range(60))
    found = pages(text)
    assert len(found) == 3
    assert all(len(page) <= MARKDOWN_LIMIT for page in found)
    assert "".join(found).replace("\n", "").replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(page.startswith("Paragraph") for page in found)


def test_a_table_that_is_cut_repeats_its_head() -> None:
    head = "| country | days |\n|---|---|\n"
    rows = "".join(f"| country {number} | {number} |\n" for number in range(900))
    first, *others = pages(head + rows)
    assert len(others) == 1
    assert first.startswith(head)
    assert others[0].startswith(head + "| country ")
    assert sum(page.count("| country ") for page in [first, *others]) == 902


def test_a_table_is_known_although_its_head_was_sent_before() -> None:
    sent = "| a | b |\n|---|---|\n"
    piece, rest = parted("| 1 | 2 |\n| 3 | 4 |\n", 12, sent)
    assert (piece, rest) == ("| 1 | 2 |\n", "| a | b |\n|---|---|\n| 3 | 4 |\n")


def test_a_word_without_end_is_cut_but_never_in_an_entity() -> None:
    piece, rest = parted("a" * 8 + "&amp;" + "b" * 20, 10)
    assert (piece, rest) == ("a" * 8, "&amp;" + "b" * 20)


def test_sources_are_numbered_and_link_where_slack_or_the_web_is() -> None:
    (block,) = source_blocks(
        [
            citation(2, "#help thread", "https://ws.slack.com/archives/C1/p1?thread_ts=1&cid=C1"),
            citation(1, "Leave", "#page=3"),
            citation(1, "Leave", "#page=3"),
        ]
    )
    assert block["text"]["text"] == (
        "*Sources*\n`[1]` Leave, page 3\n"
        "`[2]` <https://ws.slack.com/archives/C1/p1?thread_ts=1&amp;cid=C1|#help thread>"
    )


def test_a_title_can_neither_link_nor_ping() -> None:
    (block,) = source_blocks([citation(1, "<!channel> <https://evil.example|Leave> *x*", "javascript:alert(1)")])
    text = block["text"]["text"]
    assert "<" not in text
    assert "evil.example|" in text
    assert "javascript" not in text


def test_many_sources_are_cut_short_and_said_to_be() -> None:
    (block,) = source_blocks([citation(number, "A long title of a document " * 4) for number in range(1, 60)])
    assert len(block["text"]["text"]) <= 1_800
    assert block["text"]["text"].endswith("more")


def test_no_source_no_block() -> None:
    assert source_blocks([]) == []


def test_a_fallback_is_short() -> None:
    assert len(fallback("word " * 5_000)) == FALLBACK_LIMIT


def test_too_many_blocks_keep_the_last_where_the_buttons_are() -> None:
    blocks = [markdown_block(str(number)) for number in range(60)]
    found = fitting(blocks)
    assert len(found) == 50
    assert found[-1] == blocks[-1]
    assert found[0] == blocks[0]
