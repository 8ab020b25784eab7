import io
import random
import struct
import zipfile
import zlib

import pytest

from ingest.archive import Archive, Element
from retrieval.errors import Unreadable
from tests.ingest.office import zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
NOISE = random.Random(1).randbytes(300 * 2**10)


def member(size: int, claimed: int | None = None, flags: int = 0, method: int = 8) -> bytes:
    """A ZIP of one member of so many zeros, which claims to have another size."""
    content = bytes(size)
    packed = zlib.compressobj(wbits=-15)
    data = packed.compress(content) + packed.flush()
    claimed = size if claimed is None else claimed
    fields = struct.pack(
        "<HHHHHIIIHH", 20, flags, method, 0, 33, zlib.crc32(content[:claimed]), len(data), claimed, 1, 0
    )
    directory = b"PK\1\2" + struct.pack("<H", 20) + fields + bytes(14) + b"a"
    body = b"PK\3\4" + fields + b"a" + data
    return body + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(body), 0)


def root(part: str) -> Element:
    found = Archive(zipped({"a.xml": part, "b.xml": "<b/>"})).root("a.xml")
    assert found is not None
    return found


def test_parts_are_read_without_namespaces() -> None:
    found = root('<w:a xmlns:w="urn:w" w:val="1"><w:b>x</w:b><!-- no --></w:a>')
    assert (found.tag, found.get("val"), [(child.tag, child.text) for child in found]) == ("a", "1", [("b", "x")])


def test_an_attribute_of_relationships_is_told_from_another_of_its_name() -> None:
    found = root('<a xmlns:r="urn:x/relationships" id="1" r:id="2"/>')
    assert (found.get("id"), found.get("r.id")) == ("1", "2")


def test_a_part_that_is_not_there_is_nothing() -> None:
    assert Archive(zipped({"a.xml": "<a/>"})).root("b.xml") is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is damaged"),
        (b"PK\3\4 and no more", "it is damaged"),
        (zipped({"a.xml": NOISE})[:-100], "it is damaged"),
        (zipped({"a.xml": NOISE}).replace(NOISE[:50], NOISE[50:100]), "it is damaged"),
        (member(100, flags=1), "it is encrypted; save it without a password"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "it is encrypted; save it without a password"),
        (OLE + "WordDocument".encode("utf-16-le"), "it is in the format of Office before 2007; save it as .docx"),
        (member(100, method=12), "it is damaged"),
    ],
    ids=["nothing", "a beginning", "cut", "changed", "locked member", "locked file", "old file", "other packing"],
)
def test_what_cannot_be_opened_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        Archive(data)


def test_too_many_members_are_refused() -> None:
    with pytest.raises(Unreadable, match="it has more than 10000 parts"):
        Archive(zipped({str(number): "" for number in range(10_001)}))


def test_a_member_that_unpacks_to_very_much_more_is_refused() -> None:
    Archive(member(2**20))
    with pytest.raises(Unreadable, match="a part of it unpacks to more than 200 times its size"):
        Archive(member(2**20 + 1))


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Unreadable, match="it unpacks to more than 200 MiB"):
        Archive(member(10**6, 200 * 2**20 + 1))


@pytest.mark.parametrize("claimed", [0, 10, 999_999])
def test_a_member_that_is_larger_than_it_says_is_refused(claimed: int) -> None:
    with pytest.raises(Unreadable, match="it is damaged"):
        Archive(member(10**6, claimed))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "a.dtd" [<!ENTITY % b SYSTEM "http://a.example/b">%b;]><a/>',
    ],
)
def test_a_part_that_declares_entities_is_refused(declared: str, encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?><!-- {'x' * 100_000} -->{declared}"
    with pytest.raises(Unreadable, match="it declares XML entities"):
        Archive(zipped({"a.xml": "<a/>", "b.bin": text.encode(encoding)}))


def test_a_picture_that_declares_entities_is_no_matter() -> None:
    drawing = '<!DOCTYPE svg [<!ENTITY a "urn:a">]><svg xmlns="&a;"/>'
    assert Archive(zipped({"word/media/image1.svg": drawing})).names == {"word/media/image1.svg"}


def test_a_dtd_that_is_only_named_is_never_loaded() -> None:
    assert root('<!DOCTYPE a PUBLIC "-//A//B" "http://a.example/a.dtd"><a>x</a>').text == "x"


@pytest.mark.parametrize(
    "part", ["", "<a>", "<a/><b/>", "<?xml version='1.0' encoding='klingon'?><a/>", "<a>" * 20_000 + "</a>" * 20_000]
)
def test_a_broken_part_is_refused(part: str) -> None:
    with pytest.raises(Unreadable, match="its part a.xml is broken, or nested too deeply"):
        root(part)


def test_a_part_too_large_for_a_tree_is_refused() -> None:
    part = "<a>" + NOISE.hex() + " " * 50 * 2**20 + "</a>"
    archive = Archive(zipped({"a.xml": part}))
    with pytest.raises(Unreadable, match="its part a.xml has more than 50 MiB"):
        archive.root("a.xml")


def test_the_test_s_own_archives_are_sound() -> None:
    assert zipfile.ZipFile(io.BytesIO(member(5000))).read("a") == bytes(5000)
