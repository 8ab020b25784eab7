from datetime import date

import pytest

from ingest.html import read_html
from retrieval.document import NO_FACTS, Document, Facts


def read(text: str) -> Document:
    return read_html(text.encode())


def blocks(text: str) -> list[str]:
    return [block.text for section in read(text).sections for block in section.blocks]


def test_the_heading_of_level_1_is_the_title() -> None:
    assert read("<title>Intranet</title><h1>Leave</h1><p>a</p><h1>Pay</h1><p>b</p>").title == "Leave"


def test_without_a_heading_the_pages_title_counts() -> None:
    assert read("<title> Leave\n policy</title><p>a</p><h2>Pay</h2><p>b</p>").title == "Leave policy"


def test_headings_are_a_path() -> None:
    text = "<h1>Leave</h1><p>a</p><h2>Parents</h2><p>b</p><h3>Pay</h3><p>c</p><h2>Sick</h2><p>d</p>"
    assert [section.heading_path for section in read(text).sections] == [
        (),
        ("Parents",),
        ("Parents", "Pay"),
        ("Sick",),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<nav>menu</nav>",
        "<footer>imprint</footer>",
        "<header>logo</header>",
        "<aside>advert</aside>",
        "<script>steal()</script>",
        "<style>.a{}</style>",
        "<noscript>turn it on</noscript>",
        "<template>later</template>",
        "<form>search</form>",
        "<!-- note to self -->",
        "<div hidden>secret</div>",
        '<div style="display: none">secret<p style="display:none">more</p></div>',
        '<p style="color:red; VISIBILITY:hidden">secret</p>',
        '<span style="font-size:0px">secret</span>',
        '<p aria-hidden="true">secret</p>',
    ],
)
def test_what_a_reader_does_not_see_is_left_out(hidden: str) -> None:
    assert blocks(f"<body><p>First.</p>{hidden}<p>Last.</p></body>") == ["First.", "Last."]


def test_small_print_is_read() -> None:
    assert blocks('<p style="font-size:0.8em">Small.</p><p>Large.</p>') == ["Small.", "Large."]


def test_only_the_main_part_is_read_where_there_is_one() -> None:
    assert blocks("<body><div>Banner</div><main><p>a</p><p>b</p></main><div>Legal</div></body>") == ["a", "b"]


def test_each_table_row_leads_with_the_header() -> None:
    header = "<tr><th>Country</th><th>Days</th></tr>"
    text = f"<table>{header}<tr><td>Germany</td><td>30</td></tr><tr><td>Portugal</td><td><b>22</b></td></tr></table>"
    assert [(block.text, block.lead) for block in read(text).sections[0].blocks] == [
        ("Country | Days", ""),
        ("Germany | 30", "Country | Days"),
        ("Portugal | 22", "Country | Days"),
    ]


def test_equal_items_and_rows_stay_apart() -> None:
    """Beautiful Soup calls tags that look alike equal; two equal rows in a row were glued together."""
    text = "<ul><li>Yes</li><li>Yes</li></ul><table><tr><td>1</td><td>2</td></tr><tr><td>1</td><td>2</td></tr></table>"
    assert blocks(text) == ["- Yes", "- Yes", "1 | 2", "1 | 2"]


def test_list_items_stand_on_lines_of_their_own() -> None:
    found = read("<p>Bring:</p><ul><li>a <i>passport</i></li><li>a visa</li></ul>").sections[0].blocks
    assert [(block.text, block.joined) for block in found] == [
        ("Bring:", False),
        ("- a passport", True),
        ("- a visa", True),
    ]


def test_a_nested_list_loses_no_item() -> None:
    assert blocks("<ul><li>visa<ul><li>two years</li><li>life</li></ul></li><li>photo</li></ul>") == [
        "- visa",
        "- two years",
        "- life",
        "- photo",
    ]


def test_a_break_is_a_space_and_inline_tags_are_nothing() -> None:
    assert blocks("<p>Ten<br>days, <a href='http://a.example'>see</a> <b>pol</b>icy</p><p>End</p>") == [
        "Ten days, see policy",
        "End",
    ]


def test_text_outside_of_any_block_is_read() -> None:
    assert blocks("Before<p>Inside</p>After") == ["Before", "Inside", "After"]


@pytest.mark.parametrize(
    ("page", "encoding"),
    [
        ('<meta charset="iso-8859-1"><p>Prämie für Büro</p><p>größer</p>', "iso-8859-1"),
        ('<meta charset="utf-8"><p>Prämie für Büro</p><p>größer</p>', "utf-8"),
        ("<p>Prämie für Büro</p><p>größer</p>", "utf-16"),
        ('<meta charset="utf-8"><p>Prämie für Büro</p><p>größer</p>', "cp1252"),  # the page lies
        ('<meta charset="klingon"><p>Prämie für Büro</p><p>größer</p>', "utf-8"),
    ],
    ids=["latin-1", "utf-8", "utf-16", "lying", "unknown"],
)
def test_the_encoding_is_the_stated_one_where_that_is_true(page: str, encoding: str) -> None:
    found = [block.text for section in read_html(page.encode(encoding)).sections for block in section.blocks]
    assert found == ["Prämie für Büro", "größer"]


def test_null_bytes_part_no_word() -> None:
    assert blocks("<p>Vac\0ation</p><p>da\0ys</p>") == ["Vacation", "days"]


def test_meta_tags_state_facts() -> None:
    page = """<head><meta name="Country" content="DE"><meta name="country" content="Portugal">
        <meta name="effective-from" content="2026-01-01"><meta name="supersedes" content="Leave 2025"></head><p>a</p>"""
    assert read(page).facts == Facts(("DE", "PT"), date(2026, 1, 1), None, ("Leave 2025",))


@pytest.mark.parametrize(
    "meta",
    ["<meta>", "<meta name=country>", "<meta name=effective content='2026-99-99'>", "<meta charset=DE content=DE>"],
)
def test_a_meta_tag_that_says_nothing_states_nothing(meta: str) -> None:
    assert read(f"<head>{meta}</head><p>a</p>").facts == NO_FACTS


def test_a_page_of_nothing_but_an_address_is_read_without_a_warning() -> None:
    address = b"https://example.com/leave"
    read_html(address)
