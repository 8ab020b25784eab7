"""A package of Office Open XML (DOCX, PPTX): which part is related to which."""

import posixpath
from dataclasses import dataclass

from ingest.archive import Archive, Element
from ingest.properties import facts_in, title_in
from retrieval.document import Facts
from retrieval.errors import Unreadable


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the root of its tree, and of each part it refers to the kind and the name, by the reference's id."""

    root: Element
    references: dict[str, tuple[str, str]]

    def related(self, kind: str) -> list[str]:
        """Names of the parts of this kind that it refers to."""
        return [name for found, name in self.references.values() if found == kind]


class Package:
    """The parts by their relationships. A reference to what is not there, or outside of the file, is none."""

    def __init__(self, data: bytes, root: str) -> None:
        """Open the package whose main part has this root.

        Raises:
            Unreadable: it has no such part.
        """
        self._archive = Archive(data)
        self._parts: dict[str, Part] = {}
        self._references = self._references_of("")
        mains = [self.part(name) for kind, name in self._references.values() if kind == "officeDocument"]
        found = [main for main in mains if main.root.tag == root]
        if not found:
            raise Unreadable(f"its main part, a {root}, is missing; open it in its program and save it again")
        self.main = found[0]

    def part(self, name: str) -> Part:
        """The part of this name, which must be there."""
        if name not in self._parts:
            root = self._archive.root(name)
            if root is None:
                raise Unreadable(f"its part {name} is missing")
            self._parts[name] = Part(root, self._references_of(name))
        return self._parts[name]

    def first(self, part: Part, kind: str) -> Part | None:
        """The first part of this kind that the given one refers to."""
        return next(map(self.part, part.related(kind)), None)

    @property
    def title(self) -> str:
        """The stated title."""
        return title_in(self._property("core-properties"))

    @property
    def facts(self) -> Facts:
        """What the file's own fields state."""
        return facts_in(self._property("custom-properties"), "property")

    def _property(self, wanted: str) -> Element | None:
        names = (name for kind, name in self._references.values() if kind == wanted)
        return next(map(self._archive.root, names), None)

    def _references_of(self, name: str) -> dict[str, tuple[str, str]]:
        folder, file = posixpath.split(name)
        root = self._archive.root(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for one in root.iter("Relationship") if root is not None else ():
            target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
            if one.get("TargetMode") != "External" and target in self._archive.names:
                found[one.get("Id", "")] = (posixpath.basename(one.get("Type", "")), target)
        return found
