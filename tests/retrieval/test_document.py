from retrieval.document import Block, Document, Section


def test_a_documents_length_is_that_of_its_blocks_without_headings_and_leads() -> None:
    sections = (
        Section(("Pay",), (Block("12345"), Block("678", lead="Month | Day"))),
        Section(("Leave",), (Block("90"),)),
    )
    assert Document("Handbook", sections).characters == 10
