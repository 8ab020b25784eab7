import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import CHUNK_TOKENS, split
from retrieval.chunk import Chunk
from retrieval.document import Block, Document, Section
from retrieval.embedding_model import EmbeddingModel, installed_minilm

MINILM = EmbeddingModel(installed_minilm())  # its tokenizer only
READS = 256  # tokens


def words(text: str) -> int:
    return len(text.split())


def document(*blocks: Block, path: tuple[str, ...] = (), title: str = "Leave") -> Document:
    return Document(title, (Section(path, blocks),))


def texts(made: Document, longest: int = 40) -> list[str]:
    return [chunk.text for chunk in split(made, "a.md", words, longest)]


def test_short_blocks_of_a_section_are_one_chunk() -> None:
    made = document(Block("25 days."), Block("Ask Hana."), Block("- in writing", joined=True))
    assert texts(made) == ["25 days.\n\nAsk Hana.\n- in writing"]


def test_two_sections_are_two_chunks() -> None:
    made = Document("Leave", (Section(("Days",), (Block("25."),)), Section(("Whom to ask",), (Block("Hana."),))))
    chunks = split(made, "a.md", words, 40)
    assert [(chunk.heading_path, chunk.text) for chunk in chunks] == [(("Days",), "25."), (("Whom to ask",), "Hana.")]


def test_a_block_that_does_not_fit_begins_a_new_chunk() -> None:
    blocks = [Block(" ".join([letter] * 15)) for letter in "abc"]
    assert texts(document(*blocks)) == [f"{blocks[0].text}\n\n{blocks[1].text}", blocks[2].text]


def test_a_chunk_is_never_longer_than_what_is_best_to_find() -> None:
    made = document(*(Block("word " * 49 + "end.") for _ in range(9)))
    assert [words(text) for text in texts(made, longest=10_000)] == [CHUNK_TOKENS, CHUNK_TOKENS, 50]


def test_a_tables_header_is_repeated_in_the_next_chunk() -> None:
    rows = [Block(f"Country{n} | {n} | a b c d", lead="Country | Days | Rest", joined=True) for n in range(6)]
    made = texts(document(Block("Country | Days | Rest"), *rows))
    assert [text.split("\n")[0] for text in made] == ["Country | Days | Rest"] * len(made)
    assert len(made) > 1


def test_a_lead_stands_once_in_a_chunk() -> None:
    rows = [Block(f"row {n}", lead="head", joined=True) for n in range(3)]
    assert texts(document(Block("head"), *rows)) == ["head\nrow 0\nrow 1\nrow 2"]


def test_an_over_long_block_is_cut_where_a_sentence_ends() -> None:
    sentence = "one two three four five six seven eight nine ten."
    assert texts(document(Block(" ".join([sentence] * 5)))) == [" ".join([sentence] * 3), " ".join([sentence] * 2)]


def test_each_piece_of_an_over_long_block_has_its_lead() -> None:
    made = texts(document(Block("a. " * 60, lead="Ada (2026-01-05): Who is on duty?")))
    assert [text.startswith("Ada (2026-01-05): Who is on duty?\n\na.") for text in made] == [True] * 2


def test_an_anchor_says_where_its_block_begins() -> None:
    made = document(Block("25 days.", anchor="#days"), Block("Ask Hana.", anchor="#ask"), Block("Soon.", anchor="#ask"))
    assert split(made, "a.md", words, 40)[0].anchors == ((0, "#days"), (10, "#ask"))


def test_a_repeated_lead_does_not_shift_the_anchors() -> None:
    blocks = [Block(" ".join([letter] * 25), lead="Root.", anchor=f"#{letter}") for letter in "ab"]
    second = split(document(*blocks), "a.md", words, 40)[1]
    assert [second.anchor_at(second.text.index(word)) for word in ("Root", "b")] == ["#b", "#b"]


def test_the_same_text_twice_is_two_chunks_with_stable_ids() -> None:
    made = Document("Leave", (Section((), (Block("Ask Hana."),)), Section((), (Block("Ask Hana."),))))
    first, second = ([chunk.id for chunk in split(made, "a.md", words, 40)] for _ in range(2))
    assert (first, len(set(first))) == (second, 2)


def test_a_change_leaves_the_ids_of_the_other_chunks() -> None:
    before = Document("Leave", tuple(Section((name,), (Block(f"Rule {name}."),)) for name in "abc"))
    after = Document("Leave", (before.sections[0], Section(("b",), (Block("Changed."),)), before.sections[2]))
    ids = [[chunk.id for chunk in split(made, "a.md", words, 40)] for made in (before, after)]
    assert [old == new for old, new in zip(*ids, strict=True)] == [True, False, True]


def test_an_endless_word_is_cut_although_the_tokenizer_calls_it_one_token() -> None:
    """A Slack message of 200,000 times the letter a was one chunk that no language model's window could hold."""
    chunks = split(document(Block("a" * 50_000), Block("End.")), "a.md", MINILM.tokens, READS)
    assert max(len(chunk.text) for chunk in chunks) < 5_000


def test_a_title_longer_than_a_chunk_leaves_room_for_text() -> None:
    chunks = split(document(Block("25 days."), title="very " * 90 + "long"), "a.md", words, 40)
    assert [(words(chunk.title), chunk.text) for chunk in chunks] == [(10, "25 days.")]


def test_of_too_many_long_headings_the_innermost_stay() -> None:
    path = tuple(f"{name} " * 8 for name in ("outer", "middle", "inner"))
    chunk = split(document(Block("25 days."), path=path), "a.md", words, 40)[0]
    assert chunk.heading_path == path[1:]


_WORDS = st.text(st.sampled_from("abcdefghijxyz éß年🎉.,;|-\n"), min_size=1, max_size=1500).filter(str.strip)
_BLOCKS = st.builds(Block, _WORDS, st.one_of(st.just(""), _WORDS), st.sampled_from(["", "#a", "#b"]), st.booleans())
_DOCUMENTS = st.builds(
    Document,
    st.text("abc déf", max_size=900),
    st.lists(
        st.builds(
            Section,
            st.lists(st.text("ghi jkl", min_size=1, max_size=300), max_size=4).map(tuple),
            st.lists(_BLOCKS, min_size=1, max_size=4).map(tuple),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


def chunks_of(made: Document) -> list[Chunk]:
    return split(made, "a.md", MINILM.tokens, READS)


@settings(max_examples=40, deadline=None)
@given(_DOCUMENTS)
def test_no_chunk_is_longer_than_what_the_embedder_reads(made: Document) -> None:
    assert max(MINILM.tokens(chunk.embedded_text) + 2 for chunk in chunks_of(made)) <= READS


@settings(max_examples=40, deadline=None)
@given(_DOCUMENTS)
def test_no_character_of_a_block_is_in_no_chunk(made: Document) -> None:
    said = "".join("".join(chunk.text for chunk in chunks_of(made)).split())
    for section in made.sections:
        for block in section.blocks:
            assert all(word in said for word in block.text.split() if len(word) < 10)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_document_has_as_many_chunks_as_it_has_sections_with_text(count: int) -> None:
    assert len(split(Document("Leave", (Section((), (Block("Text."),)),) * count), "a.md", words, 40)) == count
