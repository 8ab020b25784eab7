"""The invented handbook that the ingestion is measured with."""

from pathlib import Path

from tests.bench.ingestion_pages import change_pages, write_pages


def read(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.rglob("*.md")}


def test_every_page_is_different_and_the_same_each_time(tmp_path: Path) -> None:
    write_pages(tmp_path / "one", 60)
    write_pages(tmp_path / "other", 60)
    assert len(set(read(tmp_path / "one").values())) == 60
    assert read(tmp_path / "one") == read(tmp_path / "other")


def test_a_page_has_about_600_words_headings_a_list_and_a_table(tmp_path: Path) -> None:
    write_pages(tmp_path, 60)
    pages = read(tmp_path).values()
    assert 550 <= sum(len(page.split()) for page in pages) / 60 <= 700
    assert all(mark in page for page in pages for mark in ("# ", "\n## ", "\n### ", "\n- ", "\n| --- |"))


def test_the_paragraph_told_of_each_page_stands_on_it(tmp_path: Path) -> None:
    told = write_pages(tmp_path, 60)
    pages = read(tmp_path)
    assert len(told) == 60
    assert all(paragraph in pages[name] for name, paragraph in told.items())


def test_one_per_cent_of_the_pages_grow_by_what_is_told(tmp_path: Path) -> None:
    write_pages(tmp_path, 200)
    before = read(tmp_path)
    told = change_pages(tmp_path, 0.01)
    after = read(tmp_path)
    assert sorted(told) == ["page-0001.md", "page-0002.md"]
    assert {name for name, page in after.items() if page != before[name]} == set(told)
    assert all(after[name].startswith(before[name]) and told[name] in after[name] for name in told)


def test_of_a_few_pages_one_is_changed(tmp_path: Path) -> None:
    write_pages(tmp_path, 3)
    assert list(change_pages(tmp_path, 0.01)) == ["page-0001.md"]
