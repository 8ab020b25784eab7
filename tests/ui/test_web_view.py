"""What the page shows, as text."""

import pytest

from app.client import Made, Opened, Said, Talk
from app.events import Citation
from retrieval.budget import TokenUse
from ui import web_view


def citation(number: int, quote: str, title: str = "Leave") -> Citation:
    return Citation(number, "leave.md", title, quote, "", f"chunk-{number}", 0, len(quote))


def said(role: str, status: str, text: str) -> Said:
    return Said(role, status, text, ())


def test_the_citations_of_a_number_stand_together_in_the_order_of_the_numbers() -> None:
    two, one, also_two = citation(2, "b"), citation(1, "a"), citation(2, "c")
    assert web_view.grouped([two, one, also_two]) == [[one], [two, also_two]]


def test_the_label_of_a_source_is_one_line_without_markup() -> None:
    assert web_view.source_label(citation(3, "x", "Leave\n*2026*")) == "3. Leave \\*2026\\*"


def test_somebody_signed_in_reads_who_they_are_and_what_their_groups_add() -> None:
    text = web_view.who_can_see("Hana Okoro", ["everyone", "group:hr", "group:managers"], 140)
    assert text == (
        "You are **Hana Okoro**. Your groups (hr\\, managers) add documents that others do not see. "
        "140 documents are open to you. Only you see this conversation."
    )


def test_somebody_without_identity_reads_that_the_address_opens_the_conversation() -> None:
    text = web_view.who_can_see("", ["everyone"], 137)
    assert text == (
        "You are not signed in, so you see what every employee may read. 137 documents are open to you. "
        "Whoever has this page's address can see this conversation."
    )


@pytest.mark.parametrize("status", ["failed", "stopped"])
def test_a_question_whose_answer_broke_off_can_be_asked_again(status: str) -> None:
    talk = [said("user", "asked", "First?"), said("assistant", "answered", "Yes."), said("user", "asked", "Second?")]
    assert web_view.unanswered([*talk, said("assistant", status, "...")]) == "Second?"


def test_a_question_without_any_answer_can_be_asked_again() -> None:
    assert web_view.unanswered([said("user", "asked", "First?")]) == "First?"


@pytest.mark.parametrize("status", ["answered", "refused"])
def test_an_answered_or_refused_question_is_not_offered_again(status: str) -> None:
    assert web_view.unanswered([said("user", "asked", "First?"), said("assistant", status, "Yes.")]) == ""


def test_an_empty_conversation_has_nothing_to_ask_again() -> None:
    assert web_view.unanswered([]) == ""


def test_only_web_addresses_become_links() -> None:
    permalink = "https://quillmere.slack.com/archives/C1/p1700000000000100"
    assert web_view.safe_link(permalink) == permalink
    for anchor in ("#leave", "javascript:alert(1)", "http://evil.example", "https://a.example/) [x](b", ""):
        assert web_view.safe_link(anchor) == ""


def test_who_waits_reads_how_many_come_before() -> None:
    assert (web_view.waiting(1), web_view.waiting(2)) == (
        "_1 question before yours ..._",
        "_2 questions before yours ..._",
    )


def test_below_a_quoted_answer_stands_how_many_passages_it_uses() -> None:
    cited = (Citation(1, "a.md", "A", "x", "", "c1", 0, 1), Citation(1, "a.md", "A", "y", "", "c1", 2, 3))
    said = Said("assistant", "answered", "x [1]", cited, made=Made("quoting", 8, TokenUse()))
    assert web_view.below(said) == ["Quoted word for word. 1 of 8 passages used."]


def test_one_older_turn_is_not_told_as_several() -> None:
    made = Made("llama", 3, TokenUse(dropped_sources=5, dropped_turns=1))
    stopped = web_view.below(Said("assistant", "stopped", "x", (), made=made))
    assert stopped == [web_view.STOPPED, "Written by llama. 3 of 8 passages used. 1 older turn left out."]


def test_older_turns_that_were_summed_up_are_told_beside_those_left_out() -> None:
    made = Made("llama", 3, TokenUse(dropped_turns=2, summarised_turns=4))
    [line] = web_view.below(
        Said("assistant", "answered", "x [1]", (Citation(1, "a.md", "A", "x", "", "c", 0, 1),), made=made)
    )
    assert line == "Written by llama. 3 of 3 passages used. 4 older turns summed up. 2 older turns left out."


def test_a_sources_place_names_the_page() -> None:
    citation = Citation(1, "a/b.pdf", "B", "x", "#page=3", "c1", 0, 1)
    opened = Opened("a/b.pdf", "B", "Pay", "x", "", "", "")
    assert web_view.place(opened, citation) == "a\\/b\\.pdf \\> Pay \\> page 3"


def test_a_sources_origin_tells_dates_relevance_and_whom_to_ask() -> None:
    citation = Citation(1, "a.md", "A", "x", "", "c1", 0, 1, 0.914)
    opened = Opened("a.md", "A", "", "x", "", "", "ann@x.example", "2026-11-02", "2026-01-01", "2026-12-31")
    assert web_view.origin(opened, citation) == [
        "In force from 2026-01-01, until 2026-12-31, read in on 2026-11-02, relevance 91%.",
        "Questions about this: `ann@x.example`",
    ]


@pytest.mark.parametrize("contact", ["", "your HR team", "a@b", "a@b.example?bcc=evil@x.example", "a@b.example\nx"])
def test_an_e_mail_is_written_to_an_address_only(contact: str) -> None:
    assert web_view.mailto(contact, "May I?") == ""


def test_an_e_mail_holds_the_question_and_nothing_of_it_becomes_another_field() -> None:
    link = web_view.mailto("ann@x.example", "May I?&bcc=evil@x.example\n")
    assert link.startswith("mailto:ann@x.example?subject=")
    assert link.endswith("&body=May%20I%3F%26bcc%3Devil%40x.example%0A")


def test_the_open_conversation_stands_out_and_no_title_becomes_markup() -> None:
    hostile = Talk("c1", "![x](http://evil.example)\n# big", "")
    assert web_view.talk_label(hostile, is_current=False) == "\\!\\[x\\]\\(`http://evil.example`\\) \\# big"
    assert web_view.talk_label(Talk("c1", "Leave", ""), is_current=True) == "**Leave**"


def test_a_long_title_stays_on_one_line_of_the_list() -> None:
    long = Talk("c1", "Which telescope did the astronomers point at Saturn?", "")
    assert web_view.talk_label(long, is_current=False) == "Which telescope did the astrono \\.\\.\\."
    assert web_view.is_cut(long)
    assert not web_view.is_cut(Talk("c1", "What is the hotel cap in Lisbon?", ""))


def test_a_reason_and_free_words_are_one_text() -> None:
    assert web_view.complaint("It is wrong", " It says 25. ") == "It is wrong: It says 25."
    assert web_view.complaint("", "It says 25.") == "It says 25."
