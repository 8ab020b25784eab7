from dataclasses import replace

from retrieval.chunk import Chunk, chunk_id, embedded_text, embedding_digest

CHUNK = Chunk("1", "a.md", "Leave", ("Leave", "Parents", "Pay"), "Ten weeks.", ((0, "#parents"), (4, "#pay")))


def test_the_same_text_in_the_same_document_has_the_same_id_in_every_run() -> None:
    assert chunk_id("handbook/leave.md", "Leave\nTen weeks.", 0) == "330e69d58f6c5cbf3a974f4be31ae876"


def test_a_text_that_occurs_twice_in_a_document_has_two_ids() -> None:
    assert chunk_id("leave.md", "Ten weeks.", 0) != chunk_id("leave.md", "Ten weeks.", 1)


def test_the_same_text_in_two_documents_has_two_ids() -> None:
    assert chunk_id("leave.md", "Ten weeks.", 0) != chunk_id("pay.md", "Ten weeks.", 0)


def test_a_vectors_key_covers_the_text_and_the_embedder() -> None:
    keys = {embedding_digest(embedder, text) for embedder in ("a@1", "b@1") for text in ("Ten weeks.", "Two weeks.")}
    assert len(keys) == 4


def test_title_and_headings_are_embedded_before_the_text() -> None:
    assert embedded_text("Leave", ("Parents", "Pay"), "Ten weeks.") == "Leave - Parents - Pay\nTen weeks."


def test_a_heading_that_repeats_the_title_is_embedded_once() -> None:
    assert CHUNK.embedded_text == "Leave - Parents - Pay\nTen weeks."


def test_headings_are_shown_from_the_top() -> None:
    assert CHUNK.heading == "Leave > Parents > Pay"


def test_an_anchor_holds_until_the_next_one() -> None:
    assert [CHUNK.anchor_at(place) for place in (0, 3, 4, 9)] == ["#parents", "#parents", "#pay", "#pay"]


def test_text_before_the_first_anchor_has_none() -> None:
    assert replace(CHUNK, anchors=((4, "#pay"),)).anchor_at(3) == ""
