"""`audiences.toml`: path patterns to one audience and one contact each.

    [default]
    audience = "everyone"
    contact = "people@example.com"

    [[rule]]
    paths = "hr/**"
    audience = "group:hr"
    contact = "hana@example.com"

The first rule that matches decides. What a broken rule touches is for admins only; a file that cannot be read at all
touches everything.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.patterns import compiled
from retrieval.access import ADMINS, EVERYONE, Audience, audience_id

FILE = "audiences.toml"
_OPEN, _CLOSED = Audience(EVERYONE), Audience(ADMINS)
_KNOWN = {"default", "rule"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A path pattern and what it decides. `pattern` is None in a rule whose pattern cannot be read.

    `name` says which one it is.
    """

    pattern: re.Pattern[str] | None
    audience: Audience
    name: str


@dataclass(frozen=True, slots=True)
class AudienceRules:
    """Decides for each path of one source. `problems` says what is broken, for the run's report."""

    rules: tuple[Rule, ...] = ()
    default: Audience = _OPEN
    problems: tuple[str, ...] = ()

    def decide(self, path: str) -> Audience:
        """The audience of the document at this path (relative, with `/`)."""
        rule = self.deciding(path)
        return rule.audience if rule else self.default

    def deciding(self, path: str) -> Rule | None:
        """The rule that decides for this path; None where the default does."""
        normal = unicodedata.normalize("NFC", path)
        matching = (rule for rule in self.rules if rule.pattern is None or rule.pattern.fullmatch(normal))
        return next(matching, None)


def rules_in(folder: Path, default: str) -> AudienceRules:
    """The rules of a source's root folder; without a file everything has the default audience."""
    file = folder / FILE
    if not file.exists() and not file.is_symlink():
        return AudienceRules(default=Audience(default))
    try:
        return parse(tomllib.loads(file.read_text(encoding="utf-8")), default)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        return AudienceRules(default=_CLOSED, problems=(f"it cannot be read, so only admins may read here: {exc}",))


def parse(data: Mapping[str, object], default: str) -> AudienceRules:
    """Rules from parsed TOML."""
    problems = [
        f"unknown entry {name!r}, so only admins may read what no rule matches" for name in data.keys() - _KNOWN
    ]
    listed = data.get("rule", [])
    if not isinstance(listed, list):
        return AudienceRules(default=_CLOSED, problems=("write rules as [[rule]]; only admins may read here",))
    closed = bool(problems)  # an unknown entry may be a mistyped rule: what it was meant to close, nobody knows
    fallback = _decided({"audience": default} | _table(data.get("default", {})), "", problems, "[default]")
    rules = [_rule(entry, fallback.contact, problems, f"rule {n}") for n, entry in enumerate(listed, start=1)]
    return AudienceRules(tuple(rules), _CLOSED if closed else fallback, tuple(problems))


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {"audience": value}


def _rule(entry: object, contact: str, problems: list[str], name: str) -> Rule:
    paths = _table(entry).get("paths")
    if not isinstance(paths, str) or not paths:
        problems.append(f"{name} has no paths, so only admins may read what no rule before it matches")
        return Rule(None, _CLOSED, name)
    named = f"{name} ({paths})"
    return Rule(compiled(paths), _decided(_table(entry), contact, problems, named), named)


def _decided(entry: Mapping[str, object], contact: str, problems: list[str], name: str) -> Audience:
    whom = entry.get("contact", contact)
    try:
        unknown = entry.keys() - {"paths", "audience", "contact"}
        if unknown or not isinstance(whom, str):
            raise ValueError(f"unknown or wrong entries: {', '.join(sorted(unknown)) or 'contact'}")
        return Audience(audience_id(entry.get("audience")), whom)
    except ValueError as exc:
        problems.append(f"{name}: {exc}; only admins may read what it touches")
        return _CLOSED
