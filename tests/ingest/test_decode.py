import random

import pytest

from ingest.decode import decode
from retrieval.errors import Unreadable

GERMAN = "Überstunden müssen vorher genehmigt werden. Größere Ausgaben prüft das Büro in Köln.\n" * 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252"])
def test_text_is_read_in_its_encoding(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding)) == GERMAN


def test_a_stated_encoding_is_believed_where_it_fits() -> None:
    assert [decode("Отпуск, отгул".encode("cp1251"), "cp1251"), decode("é à".encode(), "cp1251")] == [
        "Отпуск, отгул",
        "é à",
    ]


def test_line_ends_become_one_kind() -> None:
    assert decode(b"a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_random_bytes_are_no_text() -> None:
    with pytest.raises(Unreadable, match="it is a binary file, not text"):
        decode(random.Random(7).randbytes(5000))


def test_nothing_is_an_empty_text() -> None:
    assert decode(b"") == ""
