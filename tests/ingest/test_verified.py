from ingest.verified import ApprovedAnswer, VerifiedAnswers
from retrieval.access import Audience


def test_an_answer_is_a_document_whose_title_is_the_question() -> None:
    hana = Audience("group:hr", "hana@office.example")
    source = VerifiedAnswers([ApprovedAnswer("half", "May I take half days?", "Yes.\n\nBook 0.5 in Meadow.\n", hana)])
    (item,) = source.items()
    document = item.read(item.load())
    assert (item.path, item.audience, document.title) == ("half", hana, "May I take half days?")
    assert [block.text for block in document.sections[0].blocks] == ["Yes.", "Book 0.5 in Meadow."]


def test_its_stamp_changes_with_question_and_answer() -> None:
    texts = [("Why?", "So."), ("Why?", "Just so."), ("Why not?", "So.")]
    answers = [ApprovedAnswer("x", question, answer, Audience()) for question, answer in texts]
    assert len({item.stamp for item in VerifiedAnswers(answers).items()}) == 3


def test_what_would_speak_to_a_page_or_forge_a_source_is_made_harmless() -> None:
    (item,) = VerifiedAnswers([ApprovedAnswer("x", "Why [2]?", "So [9].", Audience())]).items()
    document = item.read(item.load())
    assert (document.title, document.sections[0].blocks[0].text) == ("Why (2)?", "So (9).")
