"""What a document's front matter says of its readers: it narrows, never opens; what nobody understands closes."""

import pytest

from ingest.markdown import read_markdown
from ingest.stated_audience import narrowed
from retrieval.access import ADMINS, Audience

EVERYONE, HR = Audience("everyone", "hana@office.example"), Audience("group:hr", "hana@office.example")


def stated(front: str) -> str | None:
    return read_markdown(f"---\n{front}\n---\n# Title\n\nText.\n".encode()).facts.stated_audience


@pytest.mark.parametrize("front", ["audience: group:hr", "Audience: 'group:hr'", "title: A\naudience: group:hr\nx: 1"])
def test_a_plain_value_is_what_is_said(front: str) -> None:
    assert stated(front) == "group:hr"


@pytest.mark.parametrize("front", ["title: A", "target-audience: all", "about:\n  audience: group:hr"])
def test_without_the_key_nothing_is_said(front: str) -> None:
    assert stated(front) is None
    assert read_markdown(b"# Title\n\naudience: group:hr\n").facts.stated_audience is None


@pytest.mark.parametrize(
    "front",
    [
        "audience:",
        "audience: [group:hr, group:managers]",
        "audience: []",
        "audience: {only: group:hr}",
        "audience: Human Resources",
        "audience: Everyone",
        "audience: group:hr\nbroken: [",
        "x: " + "y" * 5_000 + "\naudience: group:hr",
    ],
)
def test_what_is_no_audience_leaves_the_admins(front: str) -> None:
    said = stated(front)
    assert said is not None
    assert narrowed(EVERYONE, said) == Audience(ADMINS, "hana@office.example")


@pytest.mark.parametrize(
    ("source", "said", "then"),
    [
        (EVERYONE, None, "everyone"),
        (EVERYONE, "group:hr", "group:hr"),
        (EVERYONE, ADMINS, ADMINS),
        (HR, None, "group:hr"),
        (HR, "group:hr", "group:hr"),
        (HR, "everyone", "group:hr"),
        (HR, "group:managers", ADMINS),
        (HR, ADMINS, ADMINS),
        (Audience(ADMINS), "group:hr", ADMINS),
        (Audience("slack:T1/C1"), "everyone", "slack:T1/C1"),
    ],
)
def test_a_document_closes_itself_to_some_and_opens_itself_to_nobody(
    source: Audience, said: str | None, then: str
) -> None:
    assert narrowed(source, said) == Audience(then, source.contact)
