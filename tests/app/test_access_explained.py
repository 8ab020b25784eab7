"""Who may read a document and why: the same answer as the search gives, in plain sentences."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app import approval, verified_answers
from app.access import caller_for
from app.access_explained import explain
from app.bootstrap import Home
from ingest.report import NoProgress
from retrieval.access import ADMINS, PUBLIC
from retrieval.document import NO_FACTS
from retrieval.errors import Missing
from retrieval.ledger import runs
from tests.app.conftest import FILES, PEOPLE
from tests.app.test_verified_answers import HALF_DAYS
from tests.conftest import write
from tests.stored import store
from tests.word_embedder import WordEmbedder

HANA, SAM = "hana@office.example", "sam@office.example"


def test_a_member_may_read_what_is_for_the_group(office: Home) -> None:
    said = explain(office.engine, "office/hr/bands.md", "Hana@Office.Example ")
    assert (said.allowed, said.audience, said.contact) == (True, "group:hr", HANA)
    assert said.person == (
        f"{HANA} is known and reads what is for: everyone, group:hr.",
        f"group:hr is one of these, so {HANA} may read it.",
    )


def test_who_is_not_known_to_be_a_member_may_not(office: Home) -> None:
    said = explain(office.engine, "office/hr/bands.md", SAM)
    assert said.allowed is False
    assert said.person == (
        f"{SAM} is known and reads what is for: everyone.",
        f"group:hr is none of these, so {SAM} may not read it. Unknown means no.",
    )


def test_for_every_person_and_document_it_says_what_the_search_does(office: Home) -> None:
    outcomes = set()
    for person in PEOPLE:
        scope = caller_for(office.engine, person.email).scope
        found = {hit.chunk.uri for hit in office.retriever.search("office", scope, 50)}
        for name in FILES:
            if name.endswith(".md"):
                said = explain(office.engine, f"office/{name}", person.email)
                assert said.allowed == (f"office/{name}" in found) == (person.email in said.readers)
                outcomes.add(said.allowed)
    assert outcomes == {True, False}


def test_without_a_person_all_readers_are_named(office: Home) -> None:
    said = explain(office.engine, "office/hr/bands.md")
    assert (said.readers, said.allowed, said.person) == ({HANA: "Hana"}, None, ())
    assert len(explain(office.engine, "office/leave.md").readers) == 3


def test_a_member_that_nobody_imported_cannot_ask(own_office: Home) -> None:
    runs.set_members(own_office.engine, {"group:hr": [HANA, "ghost@office.example"]})
    assert explain(own_office.engine, "office/hr/bands.md").readers == {HANA: "Hana"}


@pytest.mark.parametrize(
    ("uri", "because"),
    [
        ("office/hr/bands.md", r"Rule 1 (hr/**) of {rules} says group:hr."),
        ("office/managers/warnings.md", r"Rule 2 (managers/**) of {rules} says group:managers."),
        ("office/leave.md", r"No rule of {rules} is about leave.md; what none is about is for everyone."),
    ],
)
def test_the_rule_is_named(own_office: Home, tmp_path: Path, uri: str, because: str) -> None:
    rules = tmp_path / "office" / "audiences.toml"
    assert explain(own_office.engine, uri).because == (because.format(rules=rules),)


def test_a_part_of_a_folder_is_explained_by_the_whole_ones_rules(
    make_home: Callable[..., Home], tmp_path: Path
) -> None:
    home = make_home()
    home.ingest(write(tmp_path / "Office", FILES) / "hr", "everyone", NoProgress())
    because = (f"Rule 1 (hr/**) of {tmp_path / 'Office' / 'audiences.toml'} says group:hr.",)
    assert explain(home.engine, "hr/bands.md").because == because


def test_a_folder_without_rules_is_for_whom_it_was_ingested(make_home: Callable[..., Home], tmp_path: Path) -> None:
    home = make_home()
    home.ingest(
        write(tmp_path / "notes", {"a.md": "# A\n\nAlpha.\n", "b.md": "# B\n\nBeta.\n"}), "everyone", NoProgress()
    )
    because = ("There is no audiences.toml above it, and its source was ingested for everyone.",)
    assert explain(home.engine, "notes/a.md").because == because


def test_rules_that_changed_since_are_told(own_office: Home, tmp_path: Path) -> None:
    rules = tmp_path / "office" / "audiences.toml"
    rules.write_text(FILES["audiences.toml"].replace("group:hr", "group:payroll"))
    assert explain(own_office.engine, "office/hr/bands.md").because == (
        f"Rule 1 (hr/**) of {rules} says group:payroll.",
        "That would be group:payroll today; group:hr counts until the next ingest.",
    )


def test_broken_rules_are_told(own_office: Home, tmp_path: Path) -> None:
    rules = tmp_path / "office" / "audiences.toml"
    rules.write_text('[[rule]]\naudience = "group:hr"\n')
    first, second, third = explain(own_office.engine, "office/leave.md").because
    assert first.startswith(f"{rules} is broken: rule 1 has no paths")
    assert (second, third.startswith("That would be group:admins today")) == (f"Rule 1 of {rules} says {ADMINS}.", True)


def test_a_document_that_became_a_link_out_of_its_folder_is_explained_by_its_path(
    own_office: Home, tmp_path: Path
) -> None:
    (tmp_path / "Outside.md").write_text("Something else.")
    (tmp_path / "office" / "leave.md").unlink()
    (tmp_path / "office" / "leave.md").symlink_to(tmp_path / "Outside.md")
    (because,) = explain(own_office.engine, "office/leave.md").because
    assert because.endswith("is about leave.md; what none is about is for everyone.")


def test_a_source_that_is_gone_is_told(own_office: Home, tmp_path: Path) -> None:
    (tmp_path / "office").rename(tmp_path / "moved")
    (because,) = explain(own_office.engine, "office/leave.md").because
    assert because == f"Its source {tmp_path / 'office'} is not there any more, so that its rules cannot be looked at."


def test_slack_is_for_the_members_of_its_channels(sample: Home) -> None:
    from retrieval.ledger.documents import entries

    thread = next(one for one in entries(sample.engine) if one.audience.startswith("slack:"))
    said = explain(sample.engine, thread.uri)
    assert said.because[0].endswith("channels that not all may join are for their members.")
    assert said.readers
    assert all(thread.audience in caller_for(sample.engine, email).scope for email in said.readers)


@pytest.mark.parametrize(
    ("stated", "audience", "told"),
    [
        ("group:hr", "group:hr", "Its front matter says 'group:hr', which narrows it."),
        ("everyone", "everyone", "Its front matter says 'everyone', which opens nothing."),
        (
            "HR",
            ADMINS,
            f"Its front matter says 'HR', which is no smaller audience that could be told, so it is for {ADMINS}.",
        ),
    ],
)
def test_front_matter_is_explained(home: Home, tmp_path: Path, stated: str, audience: str, told: str) -> None:
    runs.add_source(home.engine, "folder", str(write(tmp_path / "handbook", {"leave.md": "x"})), "handbook")
    facts = replace(NO_FACTS, stated_audience=stated)
    store(home.engine, WordEmbedder(), "handbook/leave.md", "Leave.", audience=audience, facts=facts)
    assert explain(home.engine, "handbook/leave.md").because[1:] == (told,)


def test_an_unknown_document_or_person_is_named(office: Home) -> None:
    with pytest.raises(Missing, match=r"No document 'office/x\.md'\. `frontdesk documents` lists them"):
        explain(office.engine, "office/x.md", SAM)
    with pytest.raises(Missing, match=r"Nobody with the address 'eve@office\.example' is known"):
        explain(office.engine, "office/leave.md", "eve@office.example")


def test_a_verified_answer_is_explained_as_what_it_is(own_office: Home) -> None:
    verified_answers.propose(own_office.engine, [HALF_DAYS])
    approval.approve(own_office, "half")
    (uri,) = verified_answers.standing(own_office.engine, PUBLIC, date(2026, 1, 1)).usable
    assert any("verified answer" in sentence for sentence in explain(own_office.engine, uri).because)
