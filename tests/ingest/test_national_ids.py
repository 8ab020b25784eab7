import pytest

from ingest.national_ids import national_ids


def shown(text: str) -> list[str]:
    return list(dict.fromkeys(text[start:end] for start, end in national_ids(text)))


@pytest.mark.parametrize(
    "number",
    [
        "536-22-8145",
        "AB 12 34 56 C",
        "1 85 05 78 006 084 91",
        "RSSMRA85T10A562S",
        "X1234567L",
        "756.9217.0769.85",
        "85.07.30-033.28",
        "880320-0016",
        "131052-308T",
        "390.533.447-05",
        "BOXW310820HNERXN09",
        "11010519491231002X",
    ],
)
def test_an_id_that_nothing_else_looks_like_is_found_alone(number: str) -> None:
    assert shown(f"On file: {number}, since May.") == [number]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("NI number", "AB123456C"),
        ("SSN", "536 22 8145"),
        ("DNI", "12345678Z"),
        ("NIF", "245 067 892"),
        ("Steuer-ID", "36 574 261 809"),
        ("BSN", "111222333"),
        ("PESEL", "44051401359"),
        ("PAN", "ACUPA7085R"),
        ("Aadhaar", "2341 2341 2346"),
        ("tax identification number", "36574261809"),
    ],
)
def test_digits_are_an_id_only_beside_its_name(name: str, number: str) -> None:
    assert shown(f"Your {name}: {number}.") == [number]
    assert shown(f"Your order: {number}.") == []


@pytest.mark.parametrize(
    "text",
    [
        "SSN 536-22-81455 and 9536-22-8145",
        "NIF of the company: 512 345 678",  # as invoices need it
        "Steuer-ID: 36 574 261 808",  # its check digit is wrong
        "PESEL office, telephone 44051401359",
        "https://example.com/forms/880320-0016",
        "2026-01-31 to 2026-02-28, 09:00-17:30",
        "Call +49 30 901820, 0171 2345678 or 555-0123-4567; room 12.03.001",
        "INV-2026-004512, PO 4500012345, ticket HR-118812",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert shown(text) == []
