from ingest.margins import with_margins
from retrieval.document import Block, Document, Section


def margin(*texts: str) -> Document:
    return Document("Leave", (Section(("Pay",), tuple(map(Block, texts))),))


def test_each_text_of_the_margins_stands_once_at_the_end() -> None:
    document = Document("Leave", (Section(("Sick",), (Block("a"),)),))
    found = with_margins(document, [margin("Third edition", "Leave"), margin(), margin("- 3 -", "Third edition", "b")])
    assert found.sections == (*document.sections, Section((), (Block("Third edition"), Block("b"))))


def test_without_margins_the_document_stays_as_it_is() -> None:
    assert with_margins(margin("a"), [margin(), margin("Leave", "12")]) == margin("a")
