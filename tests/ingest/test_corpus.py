from ingest.corpus import Corpus, CorpusText
from ingest.source import Item

SET = Corpus("set", [CorpusText("a", "Jury duty", "# Other\n\nPaid."), CorpusText("b", "", "# Pay\n\nMonthly.")])


def test_a_texts_title_is_the_stated_one_where_there_is_one() -> None:
    assert [item.read(item.load()).title for item in SET.items()] == ["Jury duty", "Pay"]


def test_every_text_is_for_everyone_under_its_id() -> None:
    found = list(SET.items())
    assert [(item.path, item.audience.id) for item in found] == [("a", "everyone"), ("b", "everyone")]


def test_another_text_or_title_is_another_stamp() -> None:
    def stamp(title: str, text: str) -> str:
        (item,) = Corpus("set", [CorpusText("a", title, text)]).items()
        assert isinstance(item, Item)
        return item.stamp

    assert len({stamp("Jury", "Paid."), stamp("Jury", "Unpaid."), stamp("Duty", "Paid.")}) == 3
