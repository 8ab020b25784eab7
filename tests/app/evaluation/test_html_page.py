"""The page that reports are written into."""

from app.evaluation.html_page import html_page, section, tile
from app.evaluation.printout import Table


def test_everything_that_comes_from_outside_is_escaped() -> None:
    page = html_page(
        "<b>t</b>", "s & s", [tile("<i>", "1", "", "")], [section(Table("<u>", ("<h>",), (("<c>",),)), None)]
    )
    assert "<title>&lt;b&gt;t&lt;/b&gt;</title>" in page
    assert "s &amp; s" in page
    assert all(f"&lt;{mark}&gt;" in page for mark in "iuhc")
    assert not any(f"<{mark}>" in page.partition("<main>")[2] for mark in "biuc")


def test_the_page_needs_nothing_beside_it() -> None:
    page = html_page("t", "s", [], [])
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
