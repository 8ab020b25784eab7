"""Events of a fake Slack applied to the copy: what they change at once, and what comes of them in any order."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from app import slack_inbox
from retrieval.access import ADMINS, EVERYONE
from retrieval.embedder import Vectors
from retrieval.errors import FrontdeskError
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import chunks
from tests.fake_slack import files
from tests.fake_slack.faults import Fault
from tests.fake_slack.file import File
from tests.ingest.slack_office import HANA, SAM, Office, office, workspace
from tests.word_embedder import WordEmbedder


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Office]:
    """Ingested once, with a thread in each channel."""
    with office(tmp_path / "home", workspace()) as opened:
        yield opened


@pytest.fixture
def train(slack: Office) -> str:
    """A thread of two, read by a run."""
    return slack.read("C1", "Who books the train?", "You do.")


@pytest.fixture
def salary(slack: Office) -> str:
    """A message in the private channel, read by a run."""
    return slack.read("G1", "Salaries rise in May.")


def test_a_new_message_and_a_reply_are_found_without_a_run(slack: Office, train: str) -> None:
    new = slack.post("C1", "The canteen is closed.")
    slack.post("C1", "Thanks.", train)
    slack.follow()
    assert slack.lines(f"C1/{new}") == ["The canteen is closed."]
    assert slack.lines(f"C1/{train}") == ["Who books the train?", "You do.", "Thanks."]


def test_a_reply_to_a_thread_of_sixty_days_ago_is_found_without_a_run(slack: Office, train: str) -> None:
    slack.running.run(slack.slack.advance(60 * 86_400))
    slack.post("C1", "Still so?", train)
    slack.follow()
    assert slack.lines(f"C1/{train}")[-1] == "Still so?"


def test_a_thread_is_read_once_however_many_events_it_had(slack: Office, train: str) -> None:
    for text in ("Thanks.", "Which class?", "The second."):
        slack.post("C1", text, train)
    slack.follow()
    assert slack.calls("conversations.replies") == 1


def test_what_changes_no_word_reads_nothing(slack: Office, train: str) -> None:
    channel = slack.slack.workspace.channels["C1"]
    event = {"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel"}
    said = channel.messages[train] | {"reply_count": 7}
    slack.slack.workspace.outbox.put(event | {"message": said, "previous_message": channel.messages[train]}, channel)
    slack.follow()
    assert slack.calls("conversations.replies") == 0


def test_an_edited_message_says_what_it_says_now_and_the_old_words_are_gone(slack: Office, train: str) -> None:
    slack.slack.as_user("U1").edit("C1", train, "Who books the flight?")
    slack.follow()
    assert slack.lines(f"C1/{train}") == ["Who books the flight?", "You do."]
    assert "train" not in slack.stored()


def test_a_deleted_reply_is_gone_from_older_versions_too(slack: Office, train: str) -> None:
    secret = slack.post("C1", "The code is 7714.", train)
    slack.follow()
    slack.slack.as_user("U1").delete("C1", secret)
    slack.follow()
    assert slack.lines(f"C1/{train}") == ["Who books the train?", "You do."]
    assert "7714" not in slack.stored()


def test_a_reply_that_comes_keeps_the_older_version_for_those_who_were_quoted_it(slack: Office, train: str) -> None:
    before = slack.stored()
    slack.post("C1", "Thanks.", train)
    slack.follow()
    with reading(slack.home.engine) as connection:
        older = list(connection.execute(select(chunks.c.text).where(chunks.c.ordinal.is_(None))).scalars())
    assert older == [before]


def test_a_deleted_message_is_gone_here_and_from_the_inbox(slack: Office, train: str) -> None:
    lunch = slack.post("C1", "Lunch at Rosa's?")
    slack.follow()
    slack.slack.as_user("U1").delete("C1", lunch)
    slack.follow()
    assert slack.paths().keys() == {f"C1/{train}"}
    assert not any("Rosa" in str(event.body) for event in slack_inbox.waiting(slack.home.engine, "answering", 100))


def test_a_deleted_first_message_leaves_the_replies(slack: Office, train: str) -> None:
    slack.slack.as_user("U1").delete("C1", train)
    slack.follow()
    assert slack.lines(f"C1/{train}") == ["You do."]


def test_a_deleted_message_is_closed_at_once_although_slack_is_away(slack: Office, train: str) -> None:
    slack.slack.as_user("U1").delete("C1", train)
    slack.away()
    with pytest.raises(FrontdeskError):
        slack.follow()
    assert slack.paths() == {f"C1/{train}": ADMINS}


def test_a_deletion_that_does_not_tell_the_thread_finds_it(slack: Office, train: str) -> None:
    reply = slack.post("C1", "The code is 7714.", train)
    slack.follow()
    slack.slack.as_user("U1").delete("C1", reply)
    del slack.slack.workspace.outbox.sent[-1]["event"]["previous_message"]
    slack.follow()
    assert slack.lines(f"C1/{train}") == ["Who books the train?", "You do."]


def test_an_answer_of_slacks_that_is_older_than_the_deletion_brings_nothing_back(slack: Office, train: str) -> None:
    reply = slack.post("C1", "The code is 7714.", train)
    slack.follow()
    old = dict(slack.slack.workspace.channels["C1"].messages[reply])
    slack.slack.as_user("U1").delete("C1", reply)
    late = Fault(change=lambda answer: answer | {"messages": [*answer["messages"], old]})
    slack.slack.fail("conversations.replies", late)
    slack.follow()
    assert slack.lines(f"C1/{train}") == ["Who books the train?", "You do."]


def test_events_in_the_wrong_order_and_twice_do_no_harm(slack: Office, train: str) -> None:
    first = slack.post("C1", "Desk 4 is free.")
    slack.slack.as_user("U1").edit("C1", first, "Desk 4 is taken.")
    gone = slack.post("C1", "The code is 7714.")
    slack.slack.as_user("U1").delete("C1", gone)
    sent = slack.slack.workspace.outbox.sent
    new = sent[slack.told :]
    sent[slack.told :] = [*reversed(new), *(one | {"event_id": f"again-{one['event_id']}"} for one in new)]
    slack.follow()
    assert slack.paths().keys() == {f"C1/{train}", f"C1/{first}"}
    assert slack.lines(f"C1/{first}") == ["Desk 4 is taken."]
    assert "7714" not in slack.stored()


def test_a_member_who_leaves_reads_nothing_more_at_once(slack: Office, salary: str) -> None:
    assert slack.readable(HANA) == {f"G1/{salary}"}
    slack.admin.remove("G1", "U1")
    slack.away()
    with pytest.raises(FrontdeskError):
        slack.follow()
    assert slack.readable(HANA) == slack.readable("gil@guest.example") == set()


def test_those_who_stay_read_on_and_those_who_come_read_too(slack: Office, salary: str) -> None:
    slack.admin.remove("G1", "U1")
    slack.admin.invite("G1", "U2")
    slack.follow()
    assert (slack.readable(HANA), slack.readable(SAM)) == (set(), {f"G1/{salary}"})
    assert slack.readable("gil@guest.example") == {f"G1/{salary}"}


def test_a_channel_that_turns_private_is_closed_although_slack_is_away(slack: Office, train: str) -> None:
    slack.admin.convert_private("C1")
    slack.away()
    with pytest.raises(FrontdeskError):
        slack.follow()
    assert slack.paths() == {f"C1/{train}": "slack:T1/C1"}
    assert slack.readable(HANA) == set()


def test_a_channel_that_turned_private_is_for_its_members(slack: Office, train: str) -> None:
    slack.admin.remove("C1", "U2")
    slack.admin.convert_private("C1")
    slack.follow()
    assert (slack.readable(HANA), slack.readable(SAM)) == ({f"C1/{train}"}, set())
    slack.admin.convert_public("C1")
    slack.follow()
    assert slack.readable(SAM) == {f"C1/{train}"}


def test_somebody_who_left_the_company_reads_no_private_channel(slack: Office, salary: str) -> None:
    slack.admin.deactivate_user("U1")
    slack.follow()
    assert slack.readable(HANA) == set()


def test_somebody_with_a_new_address_reads_under_that_one(slack: Office, salary: str) -> None:
    slack.admin.change_user("U1", email="hana.okoro@x.example")
    slack.follow()
    assert (slack.readable(HANA), slack.readable("hana.okoro@x.example")) == (set(), {f"G1/{salary}"})


def test_an_invitation_and_a_new_name_want_a_run_that_reads_the_channel(slack: Office, train: str) -> None:
    old = slack.post("C3", "Written before the app came.", user="U1")
    slack.admin.invite_bot("C3")
    assert slack.follow()
    slack.ingest()
    assert f"C3/{old}" in slack.paths()
    slack.admin.rename("C3", "travel")
    assert slack.follow()
    slack.ingest()
    assert slack.found("written before the app came")[0].startswith("Hana Okoro")
    assert not slack.follow()


def test_a_history_that_changed_as_a_whole_is_read_again(slack: Office, train: str) -> None:
    slack.admin.forget("C1", train)
    slack.admin.history_changed("C1")
    assert slack.follow()
    slack.ingest()
    assert slack.paths() == {}


def test_a_channel_that_is_deleted_goes_and_one_without_the_app_is_kept(slack: Office, train: str, salary: str) -> None:
    slack.admin.kick_bot("G1")
    slack.admin.delete_channel("C1")
    slack.follow()
    assert (slack.paths(), slack.readable(HANA)) == ({f"G1/{salary}": "slack:T1/G1"}, set())


def share(slack: Office, text: str) -> tuple[str, File]:
    """A message with a file; gives its time and the file."""
    made = slack.slack.workspace
    file = files.new(made, "U1", "plan.txt", b"The plan of the new office.")
    return str(files.share(made, made.users["U1"], made.channels["C1"], [file], {"text": text})["ts"]), file


def test_a_file_that_is_deleted_goes_and_leaves_its_message(slack: Office, train: str) -> None:
    ts, file = share(slack, "Here it is.")
    slack.follow()
    assert f"C1/{ts}/{file.id}" in slack.paths()
    files.delete(slack.slack.workspace, file)
    slack.follow()
    assert slack.paths().keys() == {f"C1/{train}", f"C1/{ts}"}
    assert "new office" not in slack.stored()


def test_a_message_that_was_nothing_but_its_file_goes_with_it(slack: Office, train: str) -> None:
    _, file = share(slack, "")
    slack.follow()
    files.delete(slack.slack.workspace, file)
    slack.follow()
    assert slack.paths().keys() == {f"C1/{train}"}


class Watching(WordEmbedder):
    """Notes who may read what at the moment it is asked for vectors."""

    def __init__(self, look: Callable[[], dict[str, str]]) -> None:
        super().__init__()
        self.seen: list[dict[str, str]] = []
        self._look = look

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.seen.append(self._look())
        return super().passages(texts)


def test_what_was_closed_for_a_deletion_is_opened_with_the_new_words_not_before(slack: Office, train: str) -> None:
    watching = Watching(slack.paths)
    slack.home.__dict__["embedder"] = watching
    slack.slack.as_user("U1").delete("C1", train)
    slack.follow()
    assert watching.seen == [{f"C1/{train}": ADMINS}]
    assert slack.paths() == {f"C1/{train}": EVERYONE}
