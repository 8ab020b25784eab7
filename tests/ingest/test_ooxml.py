import pytest

from ingest.ooxml import Package
from retrieval.errors import Unreadable
from tests.ingest.office import core, relationships, zipped

ROOT = relationships(("officeDocument", "word/document.xml"), ("metadata/core-properties", "docProps/core.xml"))
STRICT = relationships(("officeDocument", "/word/document.xml"), kinds="http://purl.oclc.org/ooxml/x/relationships")
OUTSIDE = (
    '<Relationships><Relationship Id="a" Type="x/image" Target="http://a.example/a.png" TargetMode="External"/>'
    '<Relationship Id="b" Type="x/image" Target="NULL"/><Relationship Id="c" Type="x/image" Target="../../../c.png"/>'
    '<Relationship Id="d" Type="x/header" Target="d.xml" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize("root", [ROOT, STRICT], ids=["transitional", "strict"])
def test_parts_are_found_by_their_relationships(root: str) -> None:
    parts = {
        "_rels/.rels": root,
        "word/document.xml": "<document/>",
        "word/_rels/document.xml.rels": relationships(("header", "parts/a.xml"), ("header", "../b.xml")),
        "word/parts/a.xml": "<a/>",
        "b.xml": "<b/>",
    }
    package = Package(zipped(parts), "document")
    assert [package.part(name).root.tag for name in package.main.related("header")] == ["a", "b"]
    assert package.main.references["r1"] == ("header", "b.xml")


def test_a_reference_to_what_is_outside_or_missing_is_none() -> None:
    parts = {"_rels/.rels": ROOT, "word/document.xml": "<document/>", "word/d.xml": "<d/>", "c.png": "x"}
    package = Package(zipped({**parts, "word/_rels/document.xml.rels": OUTSIDE}), "document")
    assert package.main.references == {"c": ("image", "c.png")}
    assert package.first(package.main, "header") is None


def test_the_title_is_that_of_the_core_properties() -> None:
    parts = {"_rels/.rels": ROOT, "word/document.xml": "<document/>", "docProps/core.xml": core("Leave")}
    assert Package(zipped(parts), "document").title == "Leave"


@pytest.mark.parametrize(
    "parts",
    [
        {"a.xml": "<a/>"},
        {"_rels/.rels": ROOT},
        {"_rels/.rels": ROOT, "word/document.xml": "<workbook/>"},
        {"_rels/.rels": "<Relationships/>", "word/document.xml": "<document/>"},
    ],
    ids=["nothing", "no part", "another format", "no reference"],
)
def test_a_package_without_its_main_part_is_refused(parts: dict[str, str]) -> None:
    with pytest.raises(Unreadable, match="its main part, a document, is missing"):
        Package(zipped(parts), "document")


def test_a_part_that_is_missing_is_said_to_be() -> None:
    package = Package(zipped({"_rels/.rels": ROOT, "word/document.xml": "<document/>"}), "document")
    with pytest.raises(Unreadable, match="its part word/styles.xml is missing"):
        package.part("word/styles.xml")
