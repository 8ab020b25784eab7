import pytest

from ingest import reader
from retrieval.errors import Unreadable


@pytest.mark.parametrize(
    ("path", "title"),
    [("pay/sick-leave_uk.txt", "Sick leave uk"), ("Überstunden.md", "Überstunden"), ("a/b.c.html", "B.c")],
)
def test_a_missing_title_is_made_of_the_name(path: str, title: str) -> None:
    long = b"This line is too long to be the title of a document and it is followed by another one that is as long."
    assert reader.read(long, path).title == title


@pytest.mark.parametrize("path", ["plan.dwg", "plan", "plan.md.exe"])
def test_an_unknown_ending_is_refused_and_the_known_ones_are_listed(path: str) -> None:
    with pytest.raises(Unreadable, match=r"no reader for .*; known are \.md, \.markdown, \.html"):
        reader.read(b"text", path)


def test_a_title_holds_no_markup() -> None:
    assert reader.read(b"# A [plan](http://e.example) <img src=x>\n\nText.", "a.md").title == "A plan"


def test_headings_hold_no_markup() -> None:
    document = reader.read(b"HANDBOOK\n\nb\n\nPAY <IMG SRC=X> [NOW](HTTP://E)\n\na", "a.txt")
    assert document.sections[1].heading_path == ("PAY NOW",)


def test_a_block_of_markup_only_is_no_block() -> None:
    document = reader.read(b"First.\n\n<img src=x>\n\nLast.", "a.txt")
    assert [block.text for block in document.sections[0].blocks] == ["First.", "Last."]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("plan.doc", "no reader for .doc; save it as .docx"),
        ("Plan.XLS", "no reader for .xls; save it as .xlsx"),
        ("plan.ppt", "no reader for .ppt; save it as .pptx"),
    ],
)
def test_of_an_old_format_the_new_one_is_named(path: str, reason: str) -> None:
    assert reader.unsupported(path) == reason


def test_an_archive_in_a_folder_says_what_to_do_instead() -> None:
    assert "ingest a Slack export by itself" in reader.unsupported("hr/export.zip")
