from typing import Any

from ingest.slack_channels import Channel
from ingest.slack_conversation import Conversation, Keeping
from ingest.slack_document import read_thread

GENERAL = Channel("C1", "general", public=True, members=())
ROOT, REPLY, LATER = "1700000001.000100", "1700000002.000200", "1700000003.000300"


def row(text: str, ts: str, user: str = "U1", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": ts, **more}


def kept(rows: list[dict[str, Any]], writers: set[str] | None = None, deleted: str = "") -> Conversation | None:
    keeping = Keeping("T1", {"U1": "Hana", "U2": "Sam"}, frozenset(writers or ()), frozenset({deleted}))
    return keeping.conversation(GENERAL, ROOT, rows)


def texts(found: Conversation | None) -> list[str]:
    assert found is not None
    blocks = read_thread(found.data).sections[0].blocks
    return [block.text.partition("): ")[2] for block in blocks]


THREAD = [
    row("Root?", ROOT, thread_ts=ROOT, reply_count=2, latest_reply=LATER),
    row("One.", REPLY, "U2", thread_ts=ROOT),
    row("Two.", LATER, thread_ts=ROOT),
]


def test_messages_are_in_order_and_the_first_one_says_how_many_there_are() -> None:
    found = kept(THREAD[::-1])
    assert texts(found) == ["Root?", "One.", "Two."]
    assert found is not None
    assert (found.state.root, found.state.latest, found.state.replies, found.state.users) == (
        ROOT,
        LATER,
        2,
        ("U1", "U2"),
    )


def test_of_two_versions_the_one_that_was_edited_last_counts() -> None:
    older = row("Root, edited.", ROOT, edited={"user": "U1", "ts": REPLY})
    assert texts(kept([row("Root?", ROOT), older])) == texts(kept([older, row("Root?", ROOT)])) == ["Root, edited."]


def test_what_is_deleted_or_by_others_is_left_out() -> None:
    assert texts(kept(THREAD, deleted=REPLY)) == ["Root?", "Two."]
    assert texts(kept(THREAD, writers={"U2"})) == ["Root?", "Two."]
    assert texts(kept([*THREAD[:2], row("Answer.", LATER, "UX", bot_id="BBOT")], writers={"BBOT"})) == ["Root?", "One."]


def test_a_thread_of_which_nothing_is_kept_is_none() -> None:
    assert kept(THREAD, writers={"U1", "U2"}) is None
    assert kept([]) is None
    assert kept([row("", ROOT, subtype="channel_join")]) is None


def test_a_tombstone_leaves_the_replies() -> None:
    grave = row("This message was deleted.", ROOT, "USLACKBOT", subtype="tombstone", hidden=True)
    assert texts(kept([grave, *THREAD[1:]])) == ["One.", "Two."]


def test_files_are_those_of_kept_messages() -> None:
    rows = [row("Root?", ROOT, files=[{"id": "F1"}]), row("One.", REPLY, "U2", thread_ts=ROOT, files=[{"id": "F2"}, 7])]
    both, one = kept(rows), kept(rows, writers={"U2"})
    assert both is not None
    assert one is not None
    assert ([file["id"] for file in both.files], [file["id"] for file in one.files]) == (["F1", "F2"], ["F1"])


def test_the_stamp_changes_with_any_word() -> None:
    stamps = {
        found.state.stamp
        for found in (kept([row("Root?", ROOT)]), kept([row("Root!", ROOT)]), kept([row("Root?", ROOT, "U2")]))
        if found
    }
    assert len(stamps) == 3
