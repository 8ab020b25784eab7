from datetime import date

import pytest

from ingest import reader
from ingest.markdown import read_markdown
from retrieval.document import NO_FACTS, Block, Document, Facts


def read(text: str) -> Document:
    return read_markdown(text.encode())


def blocks(text: str) -> list[str]:
    return [block.text for section in read(text).sections for block in section.blocks]


def test_the_first_heading_is_the_title() -> None:
    assert read("# Leave\n\nText.\n\n# Pay\n\nMore.").title == "Leave"


def test_headings_are_a_path_and_a_level_ends_what_is_deeper() -> None:
    text = "# Leave\n\na\n\n## Parents\n\nb\n\n### Pay\n\nc\n\n## Sick leave\n\nd"
    assert [(section.heading_path, section.blocks[0].text) for section in read(text).sections] == [
        ((), "a"),
        (("Parents",), "b"),
        (("Parents", "Pay"), "c"),
        (("Sick leave",), "d"),
    ]


def test_a_block_links_to_its_heading() -> None:
    section = read("# Leave\n\n## Who is paid & when?\n\nAll.").sections[1]
    assert section.blocks[0].anchor == "#who-is-paid-when"


def test_a_nested_list_keeps_its_depth() -> None:
    assert blocks("- passport\n- visa\n  - for two years\n  - for life\n- photo") == [
        "- passport",
        "- visa",
        "  - for two years",
        "  - for life",
        "- photo",
    ]


def test_a_numbered_list_keeps_its_numbers() -> None:
    assert blocks("3. Ask.\n4. Wait.\n   1. Not long.\n5. Go.") == ["3. Ask.", "4. Wait.", "  1. Not long.", "5. Go."]


def test_a_second_paragraph_of_an_item_has_no_bullet() -> None:
    assert blocks("- Ask.\n\n  In writing.\n- Wait.") == ["- Ask.", "  In writing.", "- Wait."]


def test_each_table_row_leads_with_the_header() -> None:
    text = "| Country | Days |\n|---|---|\n| Germany | 30 |\n| Portugal | **22** |"
    assert [(block.text, block.lead) for block in read(text).sections[0].blocks] == [
        ("Country | Days", ""),
        ("Germany | 30", "Country | Days"),
        ("Portugal | 22", "Country | Days"),
    ]


def test_two_tables_have_two_headers() -> None:
    table = "| {0} | b |\n|---|---|\n| 1 | 2 |\n"
    leads = [block.lead for block in read(table.format("x") + "\nText\n\n" + table.format("y")).sections[0].blocks]
    assert leads == ["", "x | b", "", "", "y | b"]


def test_front_matter_is_no_text_and_gives_the_title() -> None:
    document = read('---\ntitle: "Leave policy"\nowner: hr\n---\n# Leave\n\nText.')
    assert (document.title, document.sections[0].heading_path) == ("Leave policy", ("Leave",))
    assert "owner" not in str(document)


@pytest.mark.parametrize("stated", ["*alias", "[a, b]", "|", ""])
def test_a_title_that_is_no_plain_text_is_not_taken(stated: str) -> None:
    assert read(f"---\ntitle: {stated}\nowner: hr\n---\n# Leave\n\nText.").title == "Leave"


def front(*lines: str) -> Facts:
    return read("\n".join(["---", *lines, "---", "# Leave", "", "Text."])).facts


def test_front_matter_states_facts() -> None:
    assert front(
        "countries: [DE, Portugal]", "effective: 2026-01-01", "supersedes:", "  - Leave 2025", "  - old.md"
    ) == (Facts(("DE", "PT"), date(2026, 1, 1), None, ("Leave 2025", "old.md")))


def test_the_code_of_norway_is_no_boolean() -> None:
    assert front("country: NO").countries == ("NO",)


HOSTILE = {
    "aliases": ["a: &a [DE, DE]", "b: &b [*a, *a]", "country: [*b, *b, *b]"],
    "itself": ["country: &a [*a]"],
    "a tag": ["country: !!python/object/apply:os.system ['DE']"],
    "nested": ["country: " + "[" * 3_900],
    "too long": ["country: DE", *["x: y"] * 2_000],
    "no mapping": ["- country", "- DE"],
    "broken": ["country: 'DE", "x: : y"],
    "a key that is none": ["? [country]", ": DE"],
    "control characters": ["country: DE\x07"],
    "nothing": [],
}


@pytest.mark.parametrize("lines", HOSTILE.values(), ids=HOSTILE)
def test_hostile_front_matter_states_nothing_and_is_no_text(lines: list[str]) -> None:
    document = read("\n".join(["---", *lines, "---", "# Leave", "", "Text."]))
    assert (document.facts, document.title) == (NO_FACTS, "Leave")
    assert "DE" not in str(document.sections)


def test_a_rule_inside_the_text_is_no_front_matter() -> None:
    assert blocks("Before\n\n---\n\ntitle: x\n\n---\n\nAfter") == ["Before", "title: x", "After"]


def test_code_keeps_its_lines() -> None:
    assert blocks("Run:\n\n```sh\nfrontdesk ingest a\nfrontdesk ask b\n```\n\n    indented\n    too") == [
        "Run:",
        "frontdesk ingest a\nfrontdesk ask b",
        "indented\ntoo",
    ]


def test_links_and_images_leave_their_words() -> None:
    assert blocks("See [the *policy*](http://a.example) and ![the plan](p.png).") == ["See the policy and the plan."]


def test_inline_html_goes_and_a_break_is_a_space() -> None:
    assert blocks("Ten<br>days <b>paid</b>.\n\n<div>\n<p>Ask Hana</p>\n</div>") == ["Ten days paid.", "Ask Hana"]


def test_a_script_in_the_text_is_not_read() -> None:
    document = reader.read(b"# Pay\n\nSafe.\n\n<script>steal()</script>\n\nToo.", "pay.md")
    assert [block.text for section in document.sections for block in section.blocks] == ["Safe.", "Too."]


def test_hard_wrapped_lines_are_joined() -> None:
    assert blocks("Leave is\nbooked   early.\n\nAsk\nHana.") == ["Leave is booked early.", "Ask Hana."]


def test_a_document_of_headings_only_says_them() -> None:
    assert blocks("# Leave\n\n## Parents") == ["Leave", "Parents"]


def test_items_and_rows_continue_the_block_before() -> None:
    found = read("Bring:\n\n- a passport\n- a visa").sections[0].blocks
    assert found == (Block("Bring:"), Block("- a passport", joined=True), Block("- a visa", joined=True))


def test_a_page_of_nothing_but_an_address_is_read_without_a_warning() -> None:
    address = b"<!-- https://example.com/leave"
    read_markdown(address)
