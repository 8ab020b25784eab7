"""The parts of a document that is a ZIP of XML. What is in it is checked before anything of it is parsed."""

import zipfile
import zlib
from copy import copy
from io import BytesIO
from typing import Any
from xml.parsers import expat

from lxml import etree  # type: ignore[import-untyped]

from retrieval.errors import Unreadable

Element = Any  # lxml has no types

_MEMBERS = 10_000
_UNPACKED = 200 * 2**20
_LARGEST_PART = 50 * 2**20  # of those that are held as a tree, which takes many times that
_RATIO = 200
_SMALL = 2**20  # bytes up to which a ratio says nothing
_PIECE = 64 * 2**10
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_HEADER = b"PK\x01\x02"  # each member has one
_DAMAGED = "it is damaged or no document of that format; open it in its program and save it again"


class Archive:
    """A checked archive: what any of its members unpacks to is as large as it says, and that is bounded."""

    def __init__(self, data: bytes) -> None:
        """Check the archive.

        Raises:
            Unreadable: it is encrypted, damaged, too large when unpacked, or declares XML entities.
        """
        if data.startswith(_OLE):
            raise Unreadable(_of_ole(data))
        if data.count(_HEADER) > _MEMBERS:
            raise Unreadable(f"it has more than {_MEMBERS} parts")
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            _check(self._zip)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as exc:
            raise Unreadable(_DAMAGED) from exc
        self.names = frozenset(self._zip.namelist())

    def root(self, name: str) -> Element | None:
        """The root of one part's tree, or nothing where there is no such part.

        Names in it stand without their namespaces, which differ between editions of one format; only an attribute of
        relationships is called `r.id`, because `id` stands beside it.
        """
        if name not in self.names:
            return None
        if self._zip.getinfo(name).file_size > _LARGEST_PART:
            raise Unreadable(f"its part {name} has more than {_LARGEST_PART // 2**20} MiB")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        try:
            root = etree.fromstring(self._zip.read(name), parser)
        except etree.XMLSyntaxError as exc:
            raise Unreadable(f"its part {name} is broken, or nested too deeply") from exc
        for element in root.iter(etree.Element):
            element.tag = etree.QName(element).localname
            for key, value in element.attrib.items():
                if key.startswith("{"):
                    del element.attrib[key]
                    element.set(_plain(key), value)
        return root


def _of_ole(data: bytes) -> str:
    if _ENCRYPTED_STREAM in data:
        return "it is encrypted; save it without a password"
    return "it is in the format of Office before 2007; save it as .docx, .xlsx or .pptx"


def _plain(key: str) -> str:
    name = etree.QName(key)
    return f"r.{name.localname}" if name.namespace.endswith("/relationships") else str(name.localname)


def _check(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("it is encrypted; save it without a password")
    if sum(member.file_size for member in members) > _UNPACKED:
        raise Unreadable(f"it unpacks to more than {_UNPACKED // 2**20} MiB")
    for member in members:
        if member.file_size > max(_SMALL, _RATIO * member.compress_size):
            raise Unreadable(f"a part of it unpacks to more than {_RATIO} times its size")
        if member.compress_type not in _METHODS:
            raise Unreadable(_DAMAGED)
    for member in members:
        _unpack(archive, member)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """See that the member is as large as it says, and that it declares no entities if it is XML."""
    claimed = member.file_size
    asked = copy(member)
    asked.file_size = claimed + 1  # more would come if it was larger; zipfile stops at what it takes for the size
    prolog = _Prolog()
    seen = 0
    with archive.open(asked) as content:
        while piece := content.read(_PIECE):
            seen += len(piece)
            if not member.filename.endswith(".svg"):  # drawing programs declare entities, and no picture is parsed
                prolog.feed(piece)
    if seen != claimed:
        raise Unreadable(_DAMAGED)


class _Prolog:
    """What stands before the root of an XML part. A DTD that is only named is never loaded, so it declares nothing."""

    def __init__(self) -> None:
        self._over = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._on_doctype
        self._parser.StartElementHandler = self._on_root

    def feed(self, piece: bytes) -> None:
        """Read on until the root."""
        if self._over:
            return
        try:
            self._parser.Parse(piece)
        except (expat.ExpatError, LookupError):  # broken or in no known encoding: whoever needs the part will say so
            self._over = True

    def _on_doctype(self, _name: str, _system: str | None, _public: str | None, declares: bool) -> None:  # noqa: FBT001 - expat's order
        if declares:
            raise Unreadable("it declares XML entities, which no such document needs; save it again in its program")

    def _on_root(self, _name: str, _attributes: dict[str, str]) -> None:
        self._over = True
        self._parser.StartElementHandler = None
