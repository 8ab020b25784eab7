from app.finetune.templated import Draft, Vocabulary, drafts
from retrieval.chunk import Chunk

TABLE = "Caps by city.\n\nCity | Hotel cap\nLeeds | 115 GBP\nLisbon | 130 EUR"


def chunk(text: str, *headings: str, title: str = "Hotels") -> Chunk:
    return Chunk("c1", "docs/hotels.md", title, headings, text)


def made(found: Chunk) -> list[Draft]:
    return drafts(found, Vocabulary.of([found]))


def test_each_answer_stands_word_for_word_in_the_chunk() -> None:
    found = chunk(
        f"{TABLE}\n\nThe caps are reviewed every May. They hold for a year.\n- Lunch: half of the rate.", "Caps"
    )
    everything = made(found)
    assert len(everything) == 8
    assert all(quote in found.text for draft in everything for quote in draft.quotes)


def test_a_row_is_asked_for_each_of_its_cells_and_answered_with_its_header() -> None:
    rows = [draft for draft in made(chunk(TABLE)) if draft.form == "row"]
    assert (rows[0].question, rows[0].quotes) == (
        "Hotels: what is the hotel cap for Leeds?",
        ("City | Hotel cap", "Leeds | 115 GBP"),
    )


def test_a_sentence_that_goes_on_about_the_same_is_part_of_the_answer() -> None:
    answers = {
        draft.answer for draft in made(chunk("You may stay with friends. It pays 25 pounds a night. Ask first."))
    }
    assert "You may stay with friends. It pays 25 pounds a night." in answers


def test_a_question_that_points_to_something_names_its_topic() -> None:
    questions = [draft.question for draft in made(chunk("You may use it twice in a year.", "Deposits"))]
    assert "Deposits (Hotels): may I use it twice in a year?" in questions


def test_a_list_is_one_answer() -> None:
    found = chunk("You bring these papers:\n- a passport\n- a photo", "Papers")
    assert ("list", ("You bring these papers:\n- a passport\n- a photo",)) in [
        (one.form, one.quotes) for one in made(found)
    ]


def test_whom_to_ask_and_since_when_are_asked() -> None:
    forms = {
        draft.form: draft.question
        for draft in made(chunk("Contact: travel@x.example\n\nEffective 1 May 2026, all offices."))
    }
    assert (forms["contact"], forms["since"]) == (
        "Who can I ask about Hotels?",
        "Since when does the page about Hotels apply?",
    )


def test_headings_lose_their_numbers_and_capitals() -> None:
    found = chunk("Bicycles stand in the cellar.", "3. SHOWERS", title="COMMUTING TO WORK")
    assert "What do I need to know about Showers (Commuting to work)?" in [one.question for one in made(found)]


def test_a_message_is_asked_about_without_its_speaker() -> None:
    found = chunk(
        "Hana Okoro (2025-01-07): You may borrow a sensor for the weekend.", title="#lab: What is the thing ..."
    )
    assert {draft.answer for draft in made(found) if draft.form == "yes or no"} == {
        "You may borrow a sensor for the weekend."
    }


def test_questions_and_fragments_answer_nothing() -> None:
    assert made(chunk("Who knows?\n\nYes.\n\nIs it true that nobody ever asked about this before?")) == []
