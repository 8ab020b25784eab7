import pytest

from ingest.slack_document import packed, read_thread
from ingest.slack_messages import Message

ROOT = Message(1_767_603_600_000_100, 1_767_603_600_000_100, 0, "Hana", "Who books the train?\nI do not.")
REPLY = Message(1_767_690_000_000_200, ROOT.ts, 0, "Sam", "You do.")


def test_each_message_is_a_block_under_the_first_one_with_a_link() -> None:
    document = read_thread(packed("T1", "C1", "general", [ROOT, REPLY]))
    blocks = document.sections[0].blocks
    assert document.title == "#general: Who books the train?"
    assert [(block.text, block.lead) for block in blocks] == [
        ("Hana (2026-01-05): Who books the train?\nI do not.", ""),
        ("Sam (2026-01-06): You do.", "Hana (2026-01-05): Who books the train?\nI do not."),
    ]
    place = "https://slack.com/app_redirect?team=T1&channel=C1&message_ts="
    assert blocks[1].anchor == f"{place}1767690000.000200&thread_ts=1767603600.000100"


@pytest.mark.parametrize(("name", "same"), [("general", True), ("travel", False)])
def test_the_same_messages_under_the_same_name_are_the_same_bytes(name: str, same: bool) -> None:
    assert (packed("T1", "C1", name, [ROOT]) == packed("T1", "C1", "general", [ROOT])) is same
