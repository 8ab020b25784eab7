"""What nobody should read in an answer is hidden, and what people ask for stays."""

import time
from datetime import date

import pytest

from app.bootstrap import DATA
from ingest import reader
from ingest.folder import Folder
from ingest.sensitive import Kind, hidden, without_sensitive
from ingest.source import Item
from retrieval.document import Block, Document, Facts, Section

IBAN, CARD, KEY = "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "AKIA" + "Q2W3E4R5T6Y7U8I9"
ACCOUNT_HIDDEN = "[hidden: bank account]"


def text_of(text: str) -> str:
    return hidden(text)[0]


@pytest.mark.parametrize(
    "account",
    [
        IBAN,
        IBAN.replace(" ", ""),
        IBAN.lower(),
        IBAN.replace(" ", "\u00a0"),
        "GB29NWBK60161331926819",
        "ES6421000418450200051333",
        "NO93 8601 1117 947",
    ],
)
def test_a_bank_account_is_hidden_and_the_words_behind_it_are_not(account: str) -> None:
    assert (
        text_of(f"Pay to {account} BIC COBADEFFXXX by Friday") == f"Pay to {ACCOUNT_HIDDEN} BIC COBADEFFXXX by Friday"
    )


@pytest.mark.parametrize(
    "card", [CARD, CARD.replace(" ", ""), CARD.replace(" ", "-"), "3782 822463 10005", "2223003122003222"]
)
def test_a_payment_card_is_hidden(card: str) -> None:
    assert text_of(f"Card {card}, 12/27.") == "Card [hidden: payment card], 12/27."


def test_numbers_beside_a_card_do_not_save_it() -> None:
    assert text_of(f"12 {CARD} 123 12/27") == "12 [hidden: payment card] 123 12/27"


def test_each_kind_is_counted() -> None:
    text, counts = hidden(f"{IBAN} and {IBAN}; {CARD}; {KEY}; SSN 536-22-8145")
    assert text == (
        f"{ACCOUNT_HIDDEN} and {ACCOUNT_HIDDEN}; [hidden: payment card]; [hidden: access key]; SSN "
        "[hidden: national id]"
    )
    assert counts == {Kind.BANK_ACCOUNT: 2, Kind.PAYMENT_CARD: 1, Kind.ACCESS_KEY: 1, Kind.NATIONAL_ID: 1}


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 01",  # its check digits are wrong
        "4111 1111 1111 1112",
        "9999 8888 7777 6664",  # no network has issued it
        "Call +49 30 901820 4111 or 0049 171 1234567, or write to sam.9012345678@example.com",
        "4000 4500 5000 5500 6000 | 41000 42500",
        "4150 4275 4390 4416 4525 4660",  # a row of amounts
        "4100 5700 6300 7200",
        "41234567890120",
        "2022 2023 2024 2025 2026",
        "Invoice 2026-000123456, order 4500-0123-45, cost centre 411111",
        "https://team.example/archives/C01/p4111111111111111",
        "31.12.2026 - 01.01.2027, 2026-01-31T10:00:00",
        "1,234,567.89 EUR and 10 000 000 yen",
        "The sort code is 12-34-56.",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert hidden(text) == (text, {})


def test_nothing_in_the_sample_company_is_taken_for_sensitive() -> None:
    items = [item for item in Folder(DATA / "company", "everyone").items() if isinstance(item, Item)]
    found = {item.path: without_sensitive(reader.read(item.load(), item.path))[1] for item in items}
    assert len(found) > 50
    assert {path: counts for path, counts in found.items() if counts} == {}


def test_a_mark_never_becomes_a_link() -> None:
    for text in (f"{IBAN}(https://evil.example)", f"[x]{IBAN}", f"![{IBAN}](https://evil.example)", f"[{IBAN}]: /x"):
        clean = text_of(text)
        assert "hidden: bank account" in clean
        assert "](" not in clean
        assert "][" not in clean
        assert "]:" not in clean


def test_title_headings_leads_and_the_anchors_made_from_them_are_hidden_too() -> None:
    lead = f"Account {IBAN} | Amount"
    document = Document(
        f"Account {IBAN}",
        (
            Section(("Accounts", f"Of {IBAN}"), (Block("Rent | 5", lead, "#of-de89", joined=True), Block(CARD))),
            Section(("Other",), (Block(f"By {IBAN}.", anchor="#other"), Block("Ask.", anchor="https://x.example/p1"))),
        ),
        Facts(("DE",), date(2026, 1, 1), None, (f"Old {IBAN}",)),
    )
    clean, counts = without_sensitive(document)
    assert clean == Document(
        f"Account {ACCOUNT_HIDDEN}",
        (
            Section(
                ("Accounts", f"Of {ACCOUNT_HIDDEN}"),
                (
                    Block("Rent | 5", f"Account {ACCOUNT_HIDDEN} | Amount", "", joined=True),
                    Block("[hidden: payment card]"),
                ),
            ),
            Section(
                ("Other",),
                (Block(f"By {ACCOUNT_HIDDEN}.", anchor="#other"), Block("Ask.", anchor="https://x.example/p1")),
            ),
        ),
        Facts(("DE",), date(2026, 1, 1), None, (f"Old {ACCOUNT_HIDDEN}",)),
    )
    assert counts == {Kind.BANK_ACCOUNT: 3, Kind.PAYMENT_CARD: 1}  # the lead is another block's copy


def test_a_private_key_in_several_blocks_is_hidden_in_all_of_them() -> None:
    line = ("MIIEow1BAAKCAQEA7aB" * 4)[:64]
    blocks = ("-----BEGIN RSA PRIVATE KEY-----", f"{line} {line} abcd==", "-----END RSA PRIVATE KEY-----", "Keep it.")
    clean, _ = without_sensitive(Document("Key", (Section((), tuple(map(Block, blocks))),)))
    mark = "[hidden: private key]"
    assert [block.text for block in clean.sections[0].blocks] == [mark, mark, mark, "Keep it."]


@pytest.mark.parametrize(
    "part", ["4111 ", "DE89 3704 ", "12-34-5678 ", "A1", "://a:", "://:", "-", "eyJ", "1", "BSN 1 ", "\n"]
)
def test_a_long_hostile_text_takes_no_longer_than_its_length(part: str) -> None:
    text = f"{part * (50_000 // len(part))} {CARD}"
    begun = time.process_time()
    hidden(text, begun=True)
    assert time.process_time() - begun < 5


def test_a_document_with_nothing_to_hide_is_the_same_document() -> None:
    document = Document("Leave", (Section(("Days",), (Block("25 days, see +49 30 901820 411."), Block("Ask Hana."))),))
    assert without_sensitive(document) == (document, {})
