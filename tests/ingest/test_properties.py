from datetime import date

import pytest
from lxml import etree  # type: ignore[import-untyped]

from ingest.properties import facts_in, title_in
from retrieval.document import NO_FACTS, Facts


def titled(title: str) -> str:
    root = etree.Element("coreProperties")
    etree.SubElement(root, "title").text = title
    return title_in(root)


@pytest.mark.parametrize(
    "title",
    ["Parental leave", "Leave 2026", "Documents we need", "PowerPoint for beginners: what a new colleague needs"],
)
def test_a_title_that_somebody_wrote_counts(title: str) -> None:
    assert titled(f" {title}\n") == title


@pytest.mark.parametrize(
    "title",
    [
        "",
        " ",
        "...",
        "2026",
        "Title",
        "Titel",
        "Untitled",
        "Untitled 2",
        "Document1",
        "Dokument 12",
        "Word Document",
        "Presentation1",
        "PowerPoint Presentation",
        "PowerPoint-Präsentation",
        "Présentation PowerPoint",
        "Microsoft Word - leave_v3 FINAL",
        "leave_v3.docx",
        "Mappe1",
        "Vorlage",
    ],
)
def test_a_title_that_a_program_made_up_is_none(title: str) -> None:
    assert titled(title) == ""


def test_properties_without_a_title_and_no_properties_have_none() -> None:
    assert (title_in(etree.Element("coreProperties")), title_in(None)) == ("", "")


def test_fields_of_the_file_state_facts() -> None:
    root = etree.fromstring(
        "<Properties><property name='Country'><lpwstr>DE</lpwstr></property>"
        "<property name='Effective from'><filetime>2026-01-31T00:00:00Z</filetime></property>"
        "<property name='Author'><lpwstr>PT</lpwstr></property>"
        "<property name='Supersedes'><lpwstr>Leave 2025</lpwstr></property></Properties>"
    )
    assert facts_in(root, "property") == Facts(("DE",), date(2026, 1, 31), None, ("Leave 2025",))


def test_without_fields_there_are_no_facts() -> None:
    assert (facts_in(etree.Element("Properties"), "property"), facts_in(None, "property")) == (NO_FACTS, NO_FACTS)
