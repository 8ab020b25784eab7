"""The connector's client with the real SDK against a fake Slack that misbehaves."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ingest.slack_client import SlackClient
from ingest.slack_pace import Pace
from retrieval.errors import SlackRefused, SlackUnavailable, Unreadable, Unusable
from tests.fake_slack import FakeSlack, faults, files
from tests.fake_slack.background import in_thread
from tests.fake_slack.faults import Fault
from tests.ingest.slack_office import joins, workspace


@dataclass
class Reading:
    """A client whose waiting takes no time, and what it waited."""

    slack: FakeSlack
    client: SlackClient
    waits: list[float] = field(default_factory=list)

    def fail(self, fault: Fault, times: int = 1, method: str = "conversations.info") -> None:
        self.slack.fail(method, fault, times=times)

    def name(self) -> object:
        return self.client.call("conversations.info", channel="C1")["channel"]["name"]


@pytest.fixture
def reading() -> Iterator[Reading]:
    clock = [0.0]
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    with in_thread(FakeSlack(workspace())) as running:
        client = SlackClient("xoxb-fake", running.slack.base_url, Pace(lambda: clock[0], sleep))
        yield Reading(running.slack, client, waits)


@pytest.mark.parametrize(
    "fault",
    [
        faults.json_error("ratelimited"),
        faults.json_error("internal_error"),
        faults.http(500),
        faults.http(502),
        faults.html_200(),
        faults.truncated_json(),
        faults.empty_body(),
        faults.drop_before(),
        faults.drop_after(),
    ],
    ids=[
        "limited-200",
        "internal-error",
        "500",
        "502",
        "html",
        "truncated",
        "empty",
        "dropped-before",
        "dropped-after",
    ],
)
def test_what_goes_wrong_twice_is_tried_a_third_time(reading: Reading, fault: Fault) -> None:
    reading.fail(fault, times=2)
    assert reading.name() == "general"
    assert [round(wait, 3) for wait in reading.waits] == [0.5, 1.0]


def test_what_people_wrote_is_in_no_log(reading: Reading, caplog: pytest.LogCaptureFixture) -> None:
    reading.fail(faults.truncated_json())
    reading.name()
    assert caplog.records == []


@pytest.mark.parametrize(("said", "waited"), [(7, 7.0), ("soon", 0.5), (None, 0.5), (100_000, 120.0)])
def test_a_limit_is_waited_for_as_long_as_slack_says(reading: Reading, said: int | str | None, waited: float) -> None:
    reading.fail(faults.http429(said))
    assert reading.name() == "general"
    assert reading.waits == [waited]


def test_a_slack_that_stays_away_is_told_with_the_method(reading: Reading) -> None:
    reading.fail(faults.drop_before(), times=99)
    with pytest.raises(SlackUnavailable, match="did not answer conversations.info") as failure:
        reading.name()
    assert failure.value.retryable
    assert len(reading.slack.calls("conversations.info")) == 6


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("invalid_auth", "does not know the token"),
        ("token_revoked", "was revoked"),
        ("token_expired", "has expired"),
        ("account_inactive", "was removed"),
        ("not_allowed_token_type", "another kind"),
    ],
)
def test_a_bad_token_is_told_with_what_to_do(reading: Reading, error: str, said: str) -> None:
    reading.fail(faults.json_error(error))
    with pytest.raises(Unusable, match=f"{said}.*FRONTDESK_SLACK_BOT_TOKEN"):
        reading.name()


def test_a_missing_scope_is_named(reading: Reading) -> None:
    reading.slack.admin.remove_scope("channels:read")
    with pytest.raises(Unusable, match="lacks the scope channels:read for conversations.info"):
        reading.name()


def test_another_refusal_keeps_slacks_word(reading: Reading) -> None:
    with pytest.raises(SlackRefused) as refusal:
        reading.client.call("conversations.info", channel="C404")
    assert refusal.value.error == "channel_not_found"


def test_a_list_begins_again_when_its_cursor_is_forgotten_and_has_each_entry_once(reading: Reading) -> None:
    reading.slack.workspace.channels["C1"].members += [f"U{number}" for number in range(100, 2600)]
    reading.slack.fail("conversations.members", faults.wrong_cursor(), when=lambda params: "cursor" in params)
    reading.fail(faults.duplicate_page_item(), method="conversations.members")
    members = reading.client.listed("conversations.members", "members", channel="C1")
    assert (len(members), len(set(members))) == (2504, 2504)


@pytest.mark.parametrize("everywhere", [True, False], ids=["root-on-every-page", "root-on-the-first-page"])
def test_a_long_thread_comes_whole_and_in_order(reading: Reading, everywhere: bool) -> None:
    reading.slack.workspace.root_on_every_page = everywhere
    root = reading.slack.as_user("U1").post("C1", "Root?")
    channel = reading.slack.workspace.channels["C1"]
    for _ in range(1200):
        ts = reading.slack.workspace.next_ts()
        channel.messages[ts] = {"type": "message", "user": "U2", "text": "Reply.", "ts": ts, "thread_ts": root}
    reading.slack.fail("conversations.replies", faults.wrong_cursor(), when=lambda params: "cursor" in params)
    found = [row["ts"] for row in reading.client.replies("C1", root)]
    assert found == list(channel.messages)


def test_a_thread_that_is_gone_is_empty(reading: Reading) -> None:
    assert reading.client.replies("C1", "1700000000.000100") == []


def test_pages_of_the_history_follow_each_other_by_time(reading: Reading) -> None:
    joins(reading.slack.workspace, "C1", 2000)
    reading.fail(faults.empty_page_with_cursor(), method="conversations.history")
    pages = list(reading.client.history("C1", "", ""))
    assert [len(page) for page in pages] == [999, 999, 2]
    assert len({row["ts"] for page in pages for row in page}) == 2000


def test_a_restricted_app_is_noticed_and_asks_once_a_minute(reading: Reading) -> None:
    joins(reading.slack.workspace, "C1", 40)
    reading.slack.workspace.restricted_history = True
    pages = reading.client.history("C1", "", "")
    assert len(next(pages)) == 15
    assert (reading.client.restricted, reading.waits) == (True, [])
    reading.slack.workspace.restricted_history = False
    next(pages)
    assert reading.waits == [60.0]


def test_a_workspace_that_says_little_is_not_taken_for_a_restricted_one(reading: Reading) -> None:
    joins(reading.slack.workspace, "C1", 15)
    assert [len(page) for page in reading.client.history("C1", "", "")] == [15]
    assert not reading.client.restricted


def given_file(reading: Reading, name: str, content: bytes) -> tuple[str, int, str]:
    file = files.new(reading.slack.workspace, "U1", name, content)
    user, channel = reading.slack.workspace.users["U1"], reading.slack.workspace.channels["C1"]
    files.share(reading.slack.workspace, user, channel, [file], {"text": "Here."})
    shown = files.shown(reading.slack.workspace, file)
    return shown["url_private_download"], shown["size"], shown["mimetype"]


@pytest.mark.parametrize("name", ["plan.txt", "plan.html"])
def test_a_file_comes_as_it_is_and_a_login_page_is_none(reading: Reading, name: str) -> None:
    given = given_file(reading, name, b"The plan.")
    assert reading.client.file(*given) == b"The plan."
    reading.slack.admin.remove_scope("files:read")
    with pytest.raises(Unreadable, match="files:read"):
        reading.client.file(*given)


def test_a_login_page_is_known_where_slack_does_not_tell_how_large_the_file_is(reading: Reading) -> None:
    url, _, kind = given_file(reading, "plan.txt", b"The plan.")
    assert reading.client.file(url, 0, kind) == b"The plan."
    reading.slack.admin.remove_scope("files:read")
    with pytest.raises(Unreadable, match="files:read"):
        reading.client.file(url, 0, kind)


def test_a_deleted_file_is_unreadable(reading: Reading) -> None:
    given = given_file(reading, "plan.txt", b"The plan.")
    for file in reading.slack.workspace.files.values():
        file.deleted = True
    with pytest.raises(Unreadable, match="404"):
        reading.client.file(*given)


class Curious(BaseHTTPRequestHandler):
    """Somebody else's server, which would like to have a token."""

    seen: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Authorization", ""))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    Curious.seen.clear()
    with HTTPServer(("127.0.0.1", 0), Curious) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{other.server_port}/a.txt"
        other.shutdown()
        thread.join()


def test_the_token_goes_to_nobody_but_slack(reading: Reading, elsewhere: str) -> None:
    with pytest.raises(Unreadable, match="outside Slack"):
        reading.client.file(elsewhere, 0, "text/plain")
    with pytest.raises(Unreadable, match="outside Slack"):
        reading.client.file(elsewhere.replace("127.0.0.1", "localhost"), 0, "text/plain")
    assert Curious.seen == []
