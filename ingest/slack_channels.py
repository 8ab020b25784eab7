"""The conversations of an export: their records, their folders, and who may read them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from ingest.slack_archive import LISTS, Area
from ingest.slack_people import Record
from retrieval.access import ADMINS, Audience

NOT_IN_IDS = re.compile(r"[\s,;/]+")
_OF_ONE_FOLDER = "dms.json"
_PUBLIC = "channels.json"

Records = Mapping[str, Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation. `days` and `canvases` are its files; `members` are user ids, None where nobody can tell them."""

    id: str
    name: str
    public: bool
    members: tuple[str, ...] | None
    days: tuple[str, ...] = ()
    canvases: tuple[str, ...] = ()

    def audience(self, team: str, default: Audience) -> Audience:
        """Who may read it. Where that is unknown: nobody but admins."""
        if self.public:
            return default
        return Audience(ADMINS if self.members is None else f"slack:{team}/{self.id}")


def channels_in(areas: Iterable[tuple[Area, Records]]) -> list[Channel]:
    """All conversations by their ids, then the folders that no record names; nobody but admins may read those.

    What several records say of one id is put together. Of two conversations that share a folder the first one has it,
    and nobody but admins may read it: they cannot be told apart. In an organisation's export a public channel is for
    its members, because each workspace has people of its own.
    """
    areas = list(areas)
    found: dict[str, Channel] = {}
    strays: list[Channel] = []
    for area, records in areas:
        owners: dict[str, str] = {}
        for said, folders in _listed(area, records):
            one = replace(said, public=said.public and len(areas) == 1)
            taken = {folder: owners.setdefault(folder, one.id) for folder in folders}
            own = [_with_files(one, area, folder) for folder, owner in taken.items() if owner == one.id]
            found[one.id] = reduce(_together, own or [one], found.get(one.id, one))
            for owner in set(taken.values()) - {one.id}:
                found[owner] = replace(found[owner], public=False, members=None)
        for folder in sorted(_folders(area) - owners.keys()):
            stray = f"{area.workspace}:{folder}" if area.workspace else folder
            strays.append(_with_files(Channel(stray, folder, public=False, members=None), area, folder))
    return [*found.values(), *strays]


def _listed(area: Area, records: Records) -> Iterator[tuple[Channel, list[str]]]:
    """What each record says, and the folders of that conversation: named after it, or after its id."""
    folders = _folders(area)
    for file in LISTS:
        for record in records.get(file, ()):
            of_record = record.get("id")
            if not isinstance(of_record, str) or not of_record or NOT_IN_IDS.search(of_record):
                continue
            name = unicodedata.normalize("NFC", str(record.get("name") or of_record))
            members = record.get("members")
            known = tuple(map(str, members)) if isinstance(members, list) else None
            closed = any(record.get(mark) for mark in ("is_private", "is_im", "is_mpim"))
            wanted = [of_record] if file == _OF_ONE_FOLDER else [name, of_record]
            own = [folder for folder in dict.fromkeys(wanted) if folder in folders]
            yield Channel(of_record, name, file == _PUBLIC and not closed, known), own


def _folders(area: Area) -> set[str]:
    return (area.days.keys() | area.canvases.keys()) - {""}


def _with_files(channel: Channel, area: Area, folder: str) -> Channel:
    canvases = (area.canvases[folder],) if folder in area.canvases else ()
    return replace(channel, days=tuple(sorted(area.days.get(folder, ()))), canvases=canvases)


def _together(one: Channel, other: Channel) -> Channel:
    members = (
        None if one.members is None or other.members is None else tuple(dict.fromkeys((*one.members, *other.members)))
    )
    days = tuple(sorted({*one.days, *other.days}, key=lambda name: (name.rpartition("/")[2], name)))
    canvases = tuple(dict.fromkeys((*one.canvases, *other.canvases)))
    return replace(one, public=one.public and other.public, members=members, days=days, canvases=canvases)
