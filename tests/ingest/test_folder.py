import os
from pathlib import Path

import pytest

from ingest.folder import Folder, root_of
from ingest.source import Item, Unlisted
from retrieval.errors import Unreadable
from tests.conftest import write


def items(folder: Folder) -> dict[str, Item]:
    return {item.path: item for item in folder.items() if isinstance(item, Item)}


def unlisted(folder: Folder) -> dict[str, str]:
    return {item.path: item.reason for item in folder.items() if isinstance(item, Unlisted)}


def test_documents_are_listed_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write(tmp_path, {"b.md": "b", "a.txt": "a", "c/d.html": "d", "c/a/e.md": "e"})
    assert list(items(Folder(tmp_path, "everyone"))) == ["a.txt", "b.md", "c/d.html", "c/a/e.md"]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "a", ".b.md": "b", ".git/c.md": "c", "d/.e/f.md": "f", "d/g.md": "g"})
    folder = Folder(tmp_path, "everyone")
    assert (list(items(folder)), unlisted(folder)) == (["a.md", "d/g.md"], {})


def test_settings_in_the_root_are_no_documents(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "a", "b.md": "b", "people.csv": "email", "audiences.toml": ""})
    assert unlisted(Folder(tmp_path, "everyone")) == {}


def test_files_without_a_reader_are_listed_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "a", "plan.dwg": "b", "c/people.db": "email", "README": "x"})
    reasons = unlisted(Folder(tmp_path, "everyone"))
    assert sorted(reasons) == ["README", "c/people.db", "plan.dwg"]
    assert reasons["plan.dwg"].startswith("no reader for .dwg; known are .md, ")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"in/a.md": "a", "in/b.md": "b", "out/secret.md": "s"})
    (tmp_path / "in" / "link.md").symlink_to(tmp_path / "out" / "secret.md")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    folder = Folder(tmp_path / "in", "everyone")
    assert list(items(folder)) == ["a.md", "b.md"]
    assert unlisted(folder) == {"link.md": "it is a link that leads out of the folder"}


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "text of a", "b.md": "b"})
    (tmp_path / "link.md").symlink_to("a.md")
    assert items(Folder(tmp_path, "everyone"))["link.md"].load() == b"text of a"


def test_a_link_that_leads_nowhere_is_listed_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "a", "b.md": "b"})
    (tmp_path / "link.md").symlink_to("gone.md")
    assert unlisted(Folder(tmp_path, "everyone")) == {"link.md": "it cannot be read: No such file or directory"}


def test_a_name_that_is_no_utf8_is_listed_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "a", "b.md": "b"})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("c")
    assert unlisted(Folder(tmp_path, "everyone")) == {"caf?.md": "its name is not valid UTF-8; rename it"}


def test_a_file_that_vanishes_after_the_listing_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "a", "b.md": "b"})
    item = items(Folder(tmp_path, "everyone"))["a.md"]
    (tmp_path / "a.md").unlink()
    with pytest.raises(Unreadable, match="it cannot be read: No such file or directory"):
        item.load()


def test_a_changed_file_has_another_stamp(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "a", "b.md": "b"})
    before = items(Folder(tmp_path, "everyone"))
    write(tmp_path, {"a.md": "longer"})
    after = items(Folder(tmp_path, "everyone"))
    assert [before[name].stamp == after[name].stamp for name in ("a.md", "b.md")] == [False, True]


def test_the_rules_decide_who_may_read(tmp_path: Path) -> None:
    rule = '[[rule]]\npaths = "hr"\naudience = "group:hr"\ncontact = "hana@example.com"\n'
    found = items(Folder(write(tmp_path, {"hr/a.md": "a", "b.md": "b", "audiences.toml": rule}), "everyone"))
    assert [(found[name].audience.id, found[name].audience.contact) for name in ("hr/a.md", "b.md")] == [
        ("group:hr", "hana@example.com"),
        ("everyone", ""),
    ]


def test_a_broken_rule_is_listed_as_a_problem(tmp_path: Path) -> None:
    folder = Folder(write(tmp_path, {"a.md": "a", "b.md": "b", "audiences.toml": "[[rule"}), "everyone")
    assert list(unlisted(folder)) == ["audiences.toml"]


def test_one_file_is_listed_alone_and_covers_only_itself(tmp_path: Path) -> None:
    write(tmp_path, {"hr/a.md": "a", "hr/b.md": "b"})
    folder = Folder(tmp_path, "everyone", only=tmp_path / "hr" / "a.md")
    assert list(items(folder)) == ["hr/a.md"]
    assert [folder.covers(path) for path in ("hr/a.md", "hr/b.md")] == [True, False]


def test_one_file_has_the_audience_that_the_rules_of_its_source_give_it(tmp_path: Path) -> None:
    write(tmp_path, {"hr/a.md": "a", "b.md": "b", "audiences.toml": '[[rule]]\npaths="hr"\naudience="group:hr"'})
    folder = Folder(root_of(tmp_path / "hr" / "a.md", []), "everyone", only=tmp_path / "hr" / "a.md")
    assert items(folder)["hr/a.md"].audience.id == "group:hr"


def test_a_file_belongs_to_the_deepest_known_source_above_it(tmp_path: Path) -> None:
    file = write(tmp_path, {"a/b/c/d.md": "d", "a/b/audiences.toml": ""}) / "a/b/c/d.md"
    known = [str(tmp_path), str(tmp_path / "a"), str(tmp_path / "x"), "slack:T1"]
    assert root_of(file, known) == tmp_path / "a"


def test_a_file_of_no_known_source_belongs_to_the_nearest_rules(tmp_path: Path) -> None:
    file = write(tmp_path, {"audiences.toml": "", "a/audiences.toml": "", "a/b/c.md": "c"}) / "a/b/c.md"
    assert root_of(file, [str(tmp_path / "other")]) == tmp_path / "a"


def test_a_file_without_known_source_and_rules_belongs_to_its_folder(tmp_path: Path) -> None:
    assert root_of(write(tmp_path, {"a/b/c.md": "c"}) / "a/b/c.md", []) == tmp_path / "a" / "b"


def test_a_sub_folder_that_is_ingested_alone_follows_the_rules_above_it(tmp_path: Path) -> None:
    # Ingesting company/hr by itself once made its documents readable for everyone.
    rules = '[[rule]]\npaths = "hr/**"\naudience = "group:hr"\n'
    write(
        tmp_path / "company",
        {"audiences.toml": rules, "hr/bands.md": "# Bands\n\nGrade 5.", "all.md": "# All\n\nOpen."},
    )
    listed = Folder(tmp_path / "company" / "hr", "everyone").items()
    assert [(item.path, item.audience.id) for item in listed if isinstance(item, Item)] == [("bands.md", "group:hr")]


def test_a_link_inside_the_root_has_the_audience_of_what_it_leads_to(tmp_path: Path) -> None:
    rules = '[[rule]]\npaths = "hr/**"\naudience = "group:hr"\n'
    root = write(
        tmp_path / "company",
        {"audiences.toml": rules, "hr/bands.md": "# Bands\n\nGrade 5.", "public/x.md": "# X\n\nOpen."},
    )
    (root / "public" / "y.md").symlink_to(root / "hr" / "bands.md")
    audiences = {item.path: item.audience.id for item in Folder(root, "everyone").items() if isinstance(item, Item)}
    assert audiences == {"hr/bands.md": "group:hr", "public/x.md": "everyone", "public/y.md": "group:hr"}
