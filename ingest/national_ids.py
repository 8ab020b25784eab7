"""Numbers that a state gives to a person, confirmed by python-stdnum. Pure.

A form that nothing else has is taken as it stands; digits that could be anything need the id's name before them.
Tax and register numbers of companies are none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

_ANY = (
    r"national id(?:entity|entification)?|identity (?:card|number)|personal (?:id|identity|identification) n|"
    r"tax(?:payer)?['’s]* (?:id|identification)|social (?:security|insurance) n"
)
_NEAR = 40  # characters in which the name of an id stands before it
_DIGIT, _FEWEST_DIGITS = re.compile(r"\d"), 4  # in any of these ids; most messages of a chat have fewer
_NO_ID = re.compile(r"\b(?:call|fax|hotline|mobile?|phone|t[eé]l(?:[eé](?:f|ph)\w*)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Form:
    """How one id is written. `check` is a module of stdnum; `names` stand before it, empty where none is needed."""

    check: str
    written: re.Pattern[str]
    names: re.Pattern[str] | None

    def is_meant(self, text: str, start: int) -> bool:
        before = text[max(0, start - _NEAR) : start]
        return self.names is None or bool(self.names.search(before) and not _NO_ID.search(before))


def _form(check: str, written: str, names: str = "") -> _Form:
    named = re.compile(rf"\b(?:{names}|{_ANY})", re.IGNORECASE) if names else None
    return _Form(check, re.compile(rf"(?<![\w@/+=#&.-])(?:{written})(?!\w|[-.]\d)", re.IGNORECASE), named)


_FORMS = (
    _form("us.ssn", r"\d{3}-\d\d-\d{4}"),
    _form("us.ssn", r"\d{3}[ -]?\d\d[ -]?\d{4}", "SSN"),
    _form("us.itin", r"9\d\d-\d\d-\d{4}"),
    _form("", r"[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z] \d\d \d\d \d\d [A-D]"),  # British; it has no check digit
    _form("", r"[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]", "national insurance|NINO|NI n"),
    _form("fr.nir", r"[12]( ?)\d\d\1\d\d\1\d[\dAB]\1\d{3}\1\d{3} ?\d\d"),
    _form("it.codicefiscale", r"[A-Z]{6}\s?\d\d[A-EHLMPRST]\d\d\s?[A-Z]\d{3}[A-Z]"),
    _form("es.dni", r"\d{8}-?[A-Z]", "DNI|NIF"),
    _form("es.nie", r"[XYZ]-?\d{7}-?[A-Z]"),
    _form("pt.nif", r"[123]\d{2} ?\d{3} ?\d{3}", "NIF|contribuinte"),
    _form("de.idnr", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", r"steuer-?id|IdNr|steuerliche id"),
    _form("at.vnr", r"\d{4} ?\d{6}", "sozialversicherungsn|SVNR"),
    _form("ch.ssn", r"756\.?\d{4}\.?\d{4}\.?\d\d"),
    _form("be.nn", r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d"),
    _form("nl.bsn", r"\d{3,4}[. ]?\d\d[. ]?\d{3}", "BSN|burgerservice"),
    _form("ie.pps", r"\d{7}[A-W][A-IW]?", "PPSN?|personal public service"),
    _form("dk.cpr", r"\d{6}-?\d{4}", "CPR"),
    _form("se.personnummer", r"(?:19|20)?\d{6}[-+]\d{4}"),
    _form("no.fodselsnummer", r"\d{6} ?\d{5}", "fødselsn|f[oø]dselsn|personn"),
    _form("fi.hetu", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]"),
    _form("pl.pesel", r"\d{11}", "PESEL"),
    _form("cz.rc", r"\d{6}/?\d{4}", "rodné číslo|rodné cislo|RČ"),
    _form("hr.oib", r"\d{11}", "OIB"),
    _form("ro.cnp", r"\d{13}", "CNP"),
    _form("bg.egn", r"\d{10}", "EGN|ЕГН"),
    _form("gr.amka", r"\d{11}", "AMKA|ΑΜΚΑ"),
    _form("tr.tckimlik", r"\d{11}", r"T\.?C\.? kimlik"),
    _form("za.idnr", r"\d{6} ?\d{4} ?\d{3}", "ID n"),
    _form("ca.sin", r"\d{3}[ -]?\d{3}[ -]?\d{3}", r"SIN\b"),
    _form("au.tfn", r"\d{3} ?\d{3} ?\d{3}", "TFN|tax file"),
    _form("in_.aadhaar", r"\d{4} ?\d{4} ?\d{4}", "aadhaar"),
    _form("in_.pan", r"[A-Z]{5}\d{4}[A-Z]", r"PAN\b|permanent account"),
    _form("br.cpf", r"\d{3}\.\d{3}\.\d{3}-\d\d"),
    _form("mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d"),
    _form("kr.rrn", r"\d{6}-\d{7}"),
    _form("cn.ric", r"\d{17}[\dX]"),
)


def national_ids(text: str) -> Iterator[tuple[int, int]]:
    """Where they stand, as start and end."""
    if len(_DIGIT.findall(text)) < _FEWEST_DIGITS:
        return
    for form in _FORMS:
        for match in form.written.finditer(text):
            if form.is_meant(text, match.start()) and _is_valid(form.check, match.group()):
                yield match.span()


def _is_valid(check: str, number: str) -> bool:
    return not check or bool(_module(check).is_valid("".join(number.split())))


@cache
def _module(name: str) -> ModuleType:
    return import_module(f"stdnum.{name}")
