from datetime import date

import pytest

from retrieval.document import Block, Document, Facts, Section


def test_a_documents_length_is_that_of_its_blocks_without_headings_and_leads() -> None:
    sections = (
        Section(("Pay",), (Block("12345"), Block("678", lead="Month | Day"))),
        Section(("Leave",), (Block("90"),)),
    )
    assert Document("Handbook", sections).characters == 10


@pytest.mark.parametrize("code", ["de", "DEU", "", "Germany", "ÄÖ"])
def test_a_country_that_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=f"countries: a code of two capital letters was expected, not '{code}'"):
        Facts(countries=("PT", code))


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="effective_until: 2025-12-31 is before 2026-01-01"):
        Facts(effective_from=date(2026, 1, 1), effective_until=date(2025, 12, 31))


def test_a_document_may_be_in_force_for_one_day() -> None:
    day = date(2026, 1, 1)
    assert Facts(effective_from=day, effective_until=day).effective_until == day
