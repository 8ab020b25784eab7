from email.message import EmailMessage

import pytest

from ingest.eml import read_eml
from ingest.reader import read
from retrieval.document import NO_FACTS, Block, Document
from retrieval.errors import Unreadable
from tests.ingest.printed import lines, pdf, words


def message(subject: str = "Lockers", body: str = "Keys are at the reception.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    for name, value in headers.items():
        made[name] = value
    made.set_content(body)
    return made


def read_one(made: EmailMessage | bytes) -> Document:
    return read_eml(made if isinstance(made, bytes) else made.as_bytes(), read)


def found(made: EmailMessage | bytes) -> list[tuple[tuple[str, ...], str]]:
    return [(section.heading_path, block.text) for section in read_one(made).sections for block in section.blocks]


def texts(made: EmailMessage | bytes) -> list[str]:
    return [text for _, text in found(made)]


def test_the_subject_is_the_title_and_the_head_the_first_block() -> None:
    made = message(From="Zoë Jürgens <zoe@example.org>", To="all@example.org", Date="Tue, 03 Mar 2026 09:30:00 +0100")
    document = read_one(made)
    assert document.title == "Lockers"
    assert [block for section in document.sections for block in section.blocks] == [
        Block("From: Zoë Jürgens <zoe@example.org>\nTo: all@example.org\nDate: Tue, 03 Mar 2026 09:30:00 +0100"),
        Block("Keys are at the reception."),
    ]


def test_the_date_of_a_message_is_no_date_from_which_something_holds() -> None:
    data = message(Date="Tue, 03 Mar 2026 09:30:00 +0100").as_bytes()
    assert read(data, "a.eml").facts == NO_FACTS


def test_the_plain_form_is_preferred() -> None:
    made = message()
    made.add_alternative("<p>Keys are at the <b>front desk</b>.</p>", subtype="html")
    assert texts(made) == ["Keys are at the reception."]


@pytest.mark.parametrize("plain", ["", " \n\n"])
def test_the_hypertext_is_read_where_the_plain_form_says_nothing(plain: str) -> None:
    made = message(body=plain)
    made.add_alternative("<h2>Keys</h2><p>At the <b>front desk</b>.</p><ul><li>One each.</ul>", subtype="html")
    assert found(made) == [(("Keys",), "At the front desk."), (("Keys",), "- One each.")]


def test_quoted_lines_are_read_without_their_marks() -> None:
    assert texts(message(body="Yes.\n\n> Are keys\n>> at the\n> reception?\n")) == [
        "Yes.",
        "Are keys at the reception?",
    ]


def test_a_line_in_capitals_stays() -> None:
    """The text's own title was dropped, because a message has its subject."""
    assert found(message(body="LOST KEYS\n\nPay for them.\n")) == [(("LOST KEYS",), "Pay for them.")]


def test_attachments_are_read_by_their_readers_below_their_titles() -> None:
    made = message()
    page = [words("Locker rules", 72, 780, 20), *lines("Empty it on Fridays.")]
    made.add_attachment(pdf(page), maintype="application", subtype="pdf", filename="rules.pdf")
    made.add_attachment("Key | Owner\n--- | ---\n7 | Zoë\n", filename="Größe.md")
    assert found(made) == [
        ((), "Keys are at the reception."),
        (("Locker rules",), "Empty it on Fridays."),
        (("Größe",), "Key | Owner"),
        (("Größe",), "7 | Zoë"),
    ]


def test_a_quote_from_an_attachment_opens_no_page_of_the_message() -> None:
    made = message()
    made.add_attachment(pdf(lines("Empty it.")), maintype="application", subtype="pdf", filename="rules.pdf")
    assert {block.anchor for section in read_one(made).sections for block in section.blocks} == {""}


def test_attachments_that_cannot_be_read_are_named_in_one_block() -> None:
    made = message()
    made.add_attachment(b"\0\1\2", maintype="application", subtype="octet-stream", filename="keys.bin")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="rules.pdf")
    made.add_attachment(b"\0\1", maintype="application", subtype="x-unheard-of")
    assert texts(made) == [
        "Keys are at the reception.",
        "Attachments that were not read: keys.bin, rules.pdf, attachment",
    ]


def test_pictures_inside_of_the_text_are_no_attachments() -> None:
    made = message(body="")
    made.set_content('<p>See the plan. <img src="cid:plan"></p>', subtype="html")
    made.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<plan>")
    assert texts(made) == ["See the plan."]


def test_forwarded_messages_are_read_below_their_subjects() -> None:
    made = message("Fwd: Lockers", "See below.")
    made.add_attachment(message("Old lockers", "They are blue.", From="noa@example.org"))
    assert found(made) == [
        ((), "See below."),
        (("Old lockers",), "From: noa@example.org"),
        (("Old lockers",), "They are blue."),
    ]


@pytest.mark.parametrize("as_file", [True, False], ids=["files", "messages"])
def test_messages_are_read_three_deep(as_file: bool) -> None:
    made = message("level 4", "Deepest.")
    for level in (3, 2, 1, 0):
        outer = message(f"level {level}", f"Text {level}.")
        if as_file:
            outer.add_attachment(
                made.as_bytes(), maintype="application", subtype="octet-stream", filename=f"level {level + 1}.eml"
            )
        else:
            outer.add_attachment(made)
        made = outer
    ending = ".eml" if as_file else ""
    assert texts(made) == [
        "Text 0.",
        "Text 1.",
        "Text 2.",
        "Text 3.",
        f"Attachments that were not read: level 4{ending}",
    ]


def test_a_digest_is_read_message_by_message() -> None:
    data = (
        b"Subject: Digest\nMIME-Version: 1.0\nContent-Type: multipart/digest; boundary=x\n\n"
        b"--x\n\nSubject: First\n\nBlue lockers.\n--x\n\nSubject: Second\n\nRed lockers.\n--x--\n"
    )
    assert found(data) == [(("First",), "Blue lockers."), (("Second",), "Red lockers.")]


@pytest.mark.parametrize("stated", ["iso-8859-1", "utf-8", "windows-1252", "koi8-r; x=y", "klingon", ""])
def test_a_text_is_read_whatever_its_charset_says(stated: str) -> None:
    head = f"Subject: a\nContent-Type: text/plain; charset={stated}\nContent-Transfer-Encoding: 8bit\n\n"
    assert texts(head.encode() + "Schlüssel für Büro und Größe".encode()) == ["Schlüssel für Büro und Größe"]


@pytest.mark.parametrize("charset", ["iso-8859-1", "iso-2022-jp", "utf-7", "koi8-r", "shift_jis"])
def test_a_stated_charset_is_used(charset: str) -> None:
    text = {"iso-8859-1": "für Büro", "koi8-r": "Ключи у входа", "utf-7": "für Büro"}.get(charset, "鍵は受付にあります")
    head = f"Subject: a\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert texts(head.encode() + text.encode(charset)) == [text]


def test_a_file_in_utf_16_is_read() -> None:
    assert texts("Subject: a\n\nKeys für alle.".encode("utf-16")) == ["Keys für alle."]


@pytest.mark.parametrize("header", ["=?utf-8?b?S2V5cw==?=", "=?utf-8?q?Keys?=", "Keys"])
def test_headers_are_decoded(header: str) -> None:
    assert read_one(f"Subject: {header}\n\na".encode()).title == "Keys"


@pytest.mark.parametrize("date", ["yesterday", "Mon, 99 Foo 2026 77:00", "=?x?q?a", "0"])
def test_a_date_that_is_none_is_shown_as_it_stands(date: str) -> None:
    assert texts(f"Subject: a\nDate: {date}\n\nKeys.".encode()) == [f"Date: {date}", "Keys."]


@pytest.mark.parametrize("name", ["Subject", "To", "Content-Type", "X-Other", "Content-Disposition"])
def test_headers_of_a_million_letters_are_cut(name: str) -> None:
    data = b"Subject: a\n" + f"{name}: ".encode() + b'"a" b@example.org; x=(y), ' * 40_000 + b"\n\nKeys."
    document = read_one(data)
    blocks = [block.text for section in document.sections for block in section.blocks]
    assert len(document.title) <= 302
    assert max(map(len, blocks)) <= 310


def test_a_message_of_a_subject_alone_has_no_text() -> None:
    with pytest.raises(Unreadable, match="there is no text in it"):
        read(b"Subject: Lockers\n\n", "a.eml")


def test_a_text_without_any_header_is_refused() -> None:
    with pytest.raises(Unreadable, match="it is no e-mail message"):
        read_one(b"Keys are at the reception.\n")
