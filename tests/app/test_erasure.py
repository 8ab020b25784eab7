"""What a deletion takes out of conversations, and what it leaves there."""

from app.bootstrap import Home
from app.conversations import NewMessage, Part
from app.erasure import erase
from retrieval.ledger import documents
from retrieval.ledger.engine import reading
from retrieval.prompt import SOURCE_REMOVED
from tests.app.test_conversations import SAM, chunk_of, stored_messages

REPEATED = "Leave is booked in Meadow at least five working days ahead."
OTHER = "A broken laptop is replaced within one working day by us."


def talk(home: Home, question: str, answer: Part) -> str:
    conversations = home.conversations
    new = conversations.begin(SAM, question)
    conversations.add(SAM, new, NewMessage("user", "asked", (Part(question),)))
    conversations.add(SAM, new, NewMessage("assistant", "answered", (answer, Part(" Ask again."))))
    return new


def removed(home: Home, uri: str) -> int:
    from app.trace import texts_of

    texts = texts_of(home.engine, uri)
    documents.remove(home.engine, uri)
    return erase(home.engine, texts)


def test_words_that_rest_on_a_deleted_chunk_leave_the_ledger(own_office: Home) -> None:
    leave, badges = (chunk_of(own_office, f"office/{name}.md") for name in ("leave", "badges"))
    talk(own_office, "How many days?", Part("Twenty-seven.", (badges, leave)))
    talk(own_office, "And badges?", Part("Call the guard.", (badges,)))
    assert removed(own_office, "office/leave.md") == 1
    held = stored_messages(own_office)
    assert ("Twenty-seven" in held, "Call the guard" in held, held.count("Ask again.")) == (False, True, 2)


def test_what_somebody_repeated_of_it_is_removed_with_the_title(own_office: Home) -> None:
    conversation = talk(own_office, f"Is it so? {REPEATED} Really?", Part("Yes."))
    assert removed(own_office, "office/leave.md") == 2
    assert [talk.title for talk in own_office.conversations.listed(SAM)] == [SOURCE_REMOVED]
    said = [one.text for one in own_office.conversations.transcript(SAM, conversation)]
    assert said == [SOURCE_REMOVED, "Yes. Ask again."]
    assert "Meadow" not in stored_messages(own_office)


def test_what_a_model_repeated_of_it_from_an_earlier_turn_is_removed(own_office: Home) -> None:
    conversation = talk(own_office, "And?", Part(f"As I said: {REPEATED}", (chunk_of(own_office, "office/badges.md"),)))
    removed(own_office, "office/leave.md")
    assert "Meadow" not in own_office.conversations.transcript(SAM, conversation)[1].text


def test_what_another_document_says_too_stays_said(own_office: Home) -> None:
    conversation = talk(own_office, f"Is it so? {REPEATED}", Part("Yes."))
    with reading(own_office.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM chunks").scalar() == 6
    with own_office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE chunks SET text = ? WHERE uri = 'office/badges.md'", (f"So: {REPEATED}",))
    assert removed(own_office, "office/leave.md") == 0
    assert own_office.conversations.transcript(SAM, conversation)[0].text == f"Is it so? {REPEATED}"


def test_a_short_question_in_words_of_the_document_stays(own_office: Home) -> None:
    conversation = talk(own_office, "Is leave booked five working days ahead?", Part("Yes."))
    assert removed(own_office, "office/leave.md") == 0
    assert own_office.conversations.transcript(SAM, conversation)[0].text.startswith("Is leave booked")


def test_erasing_again_changes_nothing(own_office: Home) -> None:
    talk(own_office, f"Is it so? {REPEATED}", Part(OTHER, (chunk_of(own_office, "office/leave.md"),)))
    assert removed(own_office, "office/leave.md") == 3
    held = stored_messages(own_office)
    assert (erase(own_office.engine, [REPEATED]), stored_messages(own_office)) == (0, held)
