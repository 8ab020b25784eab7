import json
import pickle
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from app.bootstrap import DATA, Home
from ingest.report import NoProgress
from ingest.slack_export import SlackExport
from ingest.source import Item, Unlisted
from retrieval.document import Document
from retrieval.errors import Unusable
from tests.slack_zip import GENERAL, HANA, PRIVATE, SAM, archive, message, slack_zip, unflagged

MONDAY, TUESDAY = "1767603600.000100", "1767690000.000200"  # 2026-01-05 and 06
HELLO = {"general/2026-01-05": [message("Who books the train?", MONDAY)]}


def items(source: SlackExport) -> list[Item]:
    return [item for item in source.items() if isinstance(item, Item)]


def read(source: SlackExport) -> list[Document]:
    return [item.read(item.load()) for item in items(source)]


def lines(document: Document) -> list[str]:
    return [block.text for section in document.sections for block in section.blocks]


@pytest.fixture
def export(tmp_path: Path) -> Iterator[Callable[..., SlackExport]]:
    opened: list[SlackExport] = []

    def make(days: dict[str, object], **lists: object) -> SlackExport:
        opened.append(SlackExport(slack_zip(tmp_path / "export.zip", days, **lists), "everyone"))
        return opened[-1]

    yield make
    for source in opened:
        source._zip.close()


Export = Callable[..., SlackExport]


def test_a_thread_across_days_is_one_document(export: Export) -> None:
    days = {
        "general/2026-01-05": [
            message("Who books the train?", MONDAY, thread_ts=MONDAY),
            message("Lunch?", "1767603700.0"),
        ],
        "general/2026-01-06": [message("You do.", TUESDAY, "U2", thread_ts=MONDAY)],
    }
    documents = read(export(days))
    assert [lines(document) for document in documents] == [
        ["Hana Okoro (2026-01-05): Who books the train?", "Sam Whitlock (2026-01-06): You do."],
        ["Hana Okoro (2026-01-05): Lunch?"],
    ]


def test_a_threads_title_is_channel_and_first_line(export: Export) -> None:
    days = {
        "general/2026-01-05": [
            message("Who books the train?\nI do not.", MONDAY),
            message("word " * 40, "1767603700.0"),
        ]
    }
    titles = [document.title for document in read(export(days))]
    assert titles[0] == "#general: Who books the train?"
    assert (titles[1].endswith(" word ..."), len(titles[1]) < 100) == (True, True)


def test_the_first_message_leads_every_reply(export: Export) -> None:
    thread = [message("Root?", MONDAY, thread_ts=MONDAY)]
    thread += [message(f"Reply {n}.", f"176760370{n}.0", thread_ts=MONDAY) for n in range(2)]
    blocks = read(export({"general/2026-01-05": thread}))[0].sections[0].blocks
    root = "Hana Okoro (2026-01-05): Root?"
    assert [block.lead for block in blocks] == ["", root, root]


def test_every_message_has_its_own_link(export: Export) -> None:
    thread = [message("Root?", MONDAY, thread_ts=MONDAY), message("Reply.", TUESDAY, thread_ts=MONDAY)]
    blocks = read(export({"general/2026-01-05": thread}))[0].sections[0].blocks
    place = "https://slack.com/app_redirect?team=T1&channel=C1&message_ts="
    assert [block.anchor for block in blocks] == [f"{place}{MONDAY}", f"{place}{TUESDAY}&thread_ts={MONDAY}"]


def test_a_reply_without_its_root_is_a_document(export: Export) -> None:
    days = {"general/2026-01-06": [message("You do.", TUESDAY, thread_ts=MONDAY), message("Yes.", "1767690100.0")]}
    assert [item.path for item in items(export(days))] == [f"C1/{MONDAY}", "C1/1767690100.000000"]


def test_joining_and_leaving_is_no_text(export: Export) -> None:
    joined = message("<@U1> has joined the channel", "1767603601.0", subtype="channel_join")
    days = {"general/2026-01-05": [joined, message("", "1767603602.0"), message("Hello <@U2>", MONDAY)]}
    assert [lines(document) for document in read(export(days))] == [["Hana Okoro (2026-01-05): Hello @Sam Whitlock"]]


def test_missing_users_are_someone(export: Export) -> None:
    document = read(export({"general/2026-01-05": [message("Ask <@U2>.", MONDAY)]}, users=None))[0]
    assert lines(document) == ["someone (2026-01-05): Ask @someone."]


def test_markup_that_somebody_typed_is_not_stored(export: Export) -> None:
    typed = "![x](http://evil.example/p.png) &lt;script&gt;go&lt;/script&gt; ho\u200bli\u202eday"
    document = read(export({"general/2026-01-05": [message(typed, MONDAY), message("Plain.", TUESDAY)]}))[0]
    assert (lines(document), document.title) == (["Hana Okoro (2026-01-05): x go holiday"], "#general: x go holiday")


def test_public_channels_are_for_the_given_audience(tmp_path: Path) -> None:
    source = SlackExport(slack_zip(tmp_path / "a.zip", HELLO), "group:staff")
    assert [item.audience.id for item in items(source)] == ["group:staff"]
    source._zip.close()


def test_a_private_channel_is_for_its_members(export: Export) -> None:
    source = export({**HELLO, "people-team/2026-01-05": [message("Secret.", MONDAY)]})
    assert [item.audience.id for item in items(source)] == ["everyone", "slack:T1/G1"]
    assert source.members() == {"slack:T1/G1": ["hana@x.example"]}


def test_a_member_who_left_or_is_a_bot_is_none(export: Export) -> None:
    users = [HANA, SAM | {"deleted": True}, SAM | {"id": "U3", "is_bot": True}, SAM | {"id": "U4", "profile": {}}]
    source = export(HELLO, users=users, groups=[PRIVATE | {"members": ["U1", "U2", "U3", "U4", "U5"]}])
    assert source.members() == {"slack:T1/G1": ["hana@x.example"]}


@pytest.mark.parametrize(
    "record", [{"id": "G1", "name": "people-team"}, {"id": "G1", "name": "people-team", "members": 3}]
)
def test_a_private_channel_without_members_is_for_admins(export: Export, record: object) -> None:
    source = export({"people-team/2026-01-05": [message("Secret.", MONDAY)]}, groups=[record])
    assert ([item.audience.id for item in items(source)], source.members()) == (["group:admins"], {})


def test_a_folder_that_no_list_names_is_for_admins(export: Export) -> None:
    source = export({**HELLO, "mystery/2026-01-05": [message("Secret.", MONDAY)]})
    assert [(item.path.split("/")[0], item.audience.id) for item in items(source)] == [
        ("C1", "everyone"),
        ("mystery", "group:admins"),
    ]


def test_direct_messages_are_for_the_two(export: Export) -> None:
    source = export({**HELLO, "D1/2026-01-05": [message("Psst.", MONDAY)]}, dms=[{"id": "D1", "members": ["U1", "U2"]}])
    assert [item.audience.id for item in items(source)] == ["everyone", "slack:T1/D1"]
    assert source.members()["slack:T1/D1"] == ["hana@x.example", "sam@x.example"]


def test_a_workspace_without_an_id_is_named_after_the_file(tmp_path: Path) -> None:
    """A blank in the archive's name made an audience that is none, and the run stopped."""
    days = {"people-team/2026-01-05": [message("Secret.", MONDAY)]}
    users = [{"id": "U1", "name": "hana"}, {"id": "U2", "name": "sam"}]
    source = SlackExport(slack_zip(tmp_path / "Our Slack, Jan 1.zip", days, users=users), "everyone")
    assert (source.name, items(source)[0].audience.id) == ("slack-Our-Slack-Jan-1", "slack:Our-Slack-Jan-1/G1")
    source._zip.close()


def test_a_broken_day_is_listed_and_the_other_days_are_read(export: Export) -> None:
    days = {"general/2026-01-05": '[{"type": "mess', "general/2026-01-06": [message("You do.", TUESDAY)]}
    source = export(days)
    found = list(source.items())
    assert [item.path for item in found] == ["C1/2026-01-05.json", f"C1/{TUESDAY}"]
    assert isinstance(found[0], Unlisted)
    assert found[0].reason == "it is no valid JSON file (ValueError)"


def test_a_channel_with_a_broken_day_says_nothing_about_what_is_missing(export: Export) -> None:
    source = export({"general/2026-01-05": "{", "general/2026-01-06": [message("You do.", TUESDAY)]})
    list(source.items())
    assert source.covers(f"C1/{TUESDAY}") is False


def test_an_export_covers_the_time_between_its_first_and_last_message(export: Export) -> None:
    days = {"general/2026-01-05": [message("a", MONDAY)], "general/2026-01-06": [message("b", TUESDAY)]}
    source = export(days)
    list(source.items())
    covered = [source.covers(f"C1/{ts}") for ts in ("1767500000.000000", "1767650000.000000", "1767700000.000000")]
    assert (covered, source.covers("C2/1767650000.000000")) == ([False, True, False], False)


def test_messages_of_odd_shape_are_left_out(export: Export) -> None:
    """A message whose time is no number ended its whole run's log in a traceback."""
    odd = [None, "text", 7, {}, {"ts": MONDAY}, message("bad", "not-a-number"), message("late", "99999999999999.0")]
    days = {
        "general/2026-01-05": [
            *odd,
            message("Good.", MONDAY),
            {"type": "message", "text": "Number.", "ts": 1767603700.5},
        ]
    }
    assert [lines(document)[0] for document in read(export(days))] == [
        "Hana Okoro (2026-01-05): Good.",
        "someone (2026-01-05): Number.",
    ]


def test_a_day_that_is_no_list_is_listed_with_the_reason(export: Export) -> None:
    found = list(export({"general/2026-01-05": {"a": 1}, "general/2026-01-06": [message("b", TUESDAY)]}).items())
    assert isinstance(found[0], Unlisted)
    assert found[0].reason == "a list was expected"


@pytest.mark.parametrize("prefix", ["", "Quill export Jan 2026/", "a/b/"])
def test_an_enclosing_folder_and_macos_leftovers_do_not_matter(tmp_path: Path, prefix: str) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name, content in {"users": [HANA], "channels": [GENERAL], **HELLO}.items():
            made.writestr(f"{prefix}{name}.json", json.dumps(content))
            made.writestr(f"__MACOSX/{prefix}{name}.json", b"\0\5\x16")
        made.writestr(f"{prefix}.DS_Store", b"x")
    source = SlackExport(archive, "everyone")
    assert [document.title for document in read(source)] == ["#general: Who books the train?"]
    source._zip.close()


def test_names_that_slack_wrote_without_the_flag_are_utf8(tmp_path: Path) -> None:
    days = {"büro/2026-01-05": [message("Die Heizung?", MONDAY)]}
    path = unflagged(slack_zip(tmp_path / "export.zip", days, channels=[{"id": "C1", "name": "büro"}]))
    with zipfile.ZipFile(path) as as_python_reads_it:
        assert "b├╝ro/2026-01-05.json" in as_python_reads_it.namelist()
    source = SlackExport(path, "everyone")
    assert [document.title for document in read(source)] == ["#büro: Die Heizung?"]
    source._zip.close()


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_text("text")
    with pytest.raises(Unusable, match=r"is no ZIP archive\. A Slack export ZIP or a folder was expected"):
        SlackExport(tmp_path / "export.zip", "everyone")


def test_a_zip_that_is_no_export_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as made:
        made.writestr("handbook/leave.md", "# Leave")
        made.writestr("handbook/pay.md", "# Pay")
    with pytest.raises(Unusable, match=r"no Slack export: it holds no channels\.json"):
        SlackExport(tmp_path / "other.zip", "everyone")


def test_an_export_whose_list_of_channels_is_broken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"The export's channels\.json cannot be read"):
        SlackExport(slack_zip(tmp_path / "a.zip", HELLO, channels="[{"), "everyone")


def test_the_sample_export_has_ten_channels_and_one_is_private() -> None:
    source = SlackExport(DATA / "slack" / "export.zip", "everyone")
    audiences = {item.path.split("/")[0]: item.audience.id for item in items(source)}
    private = {"G0QPEOPLE": "slack:T0QUILL01/G0QPEOPLE"}
    assert (len(audiences), {c: a for c, a in audiences.items() if a != "everyone"}) == (10, private)
    source._zip.close()


def test_the_sample_exports_private_channel_has_three_members() -> None:
    source = SlackExport(DATA / "slack" / "export.zip", "everyone")
    people = ["hana.okoro@quillmere.example", "ada.finch@quillmere.example", "ingrid.vossberg@quillmere.example"]
    assert source.members() == {"slack:T0QUILL01/G0QPEOPLE": people}
    source._zip.close()


def test_no_token_of_a_file_link_is_stored_anywhere(home: Home, tmp_path: Path) -> None:
    file = {"name": "plan.pdf", "url_private": "https://files.slack.example/plan.pdf?t=xoxe-EXAMPLE-1"}
    days = {
        "general/2026-01-05": [
            message("The plan:", MONDAY, files=[file]),
            message("Also <https://files.slack.example/b.pdf?t=xoxe-EXAMPLE-2>", "1767603700.0", files=[file]),
        ]
    }
    home.ingest(slack_zip(tmp_path / "export.zip", days), "everyone", NoProgress())
    engine = create_engine(f"sqlite:///{home.settings.home / 'ledger.sqlite'}")
    with engine.connect() as connection:
        stored = [
            str(row)
            for name in inspect(engine).get_table_names()
            for row in connection.execute(text(f"SELECT * FROM {name}"))
        ]
    engine.dispose()
    assert ("plan.pdf" in "".join(stored), "xoxe" in "".join(stored)) == (True, False)


def test_the_sample_archive_holds_tokens_that_must_not_be_stored(tmp_path: Path) -> None:
    shutil.unpack_archive(DATA / "slack" / "export.zip", tmp_path)
    assert sum("xoxe" in file.read_text() for file in tmp_path.rglob("*.json")) >= 2


def test_every_message_of_the_export_is_accounted_for(export: Export) -> None:
    day = [
        message("Root.", MONDAY, thread_ts=MONDAY),
        message("Root, edited.", MONDAY, thread_ts=MONDAY, edited={"user": "U1", "ts": TUESDAY}),
        message("Reply.", TUESDAY, "U2", thread_ts=MONDAY),
        message("Reply.", TUESDAY, "U2", thread_ts=MONDAY, subtype="thread_broadcast"),
        message("Deleted.", "1767603800.0"),
        {"subtype": "message_deleted", "ts": "1767603900.0", "deleted_ts": "1767603800.0"},
        message("joined", "1767603601.0", subtype="channel_join"),
        message("joined", "1767603602.0", subtype="channel_join"),
        message("", "1767603603.0"),
        message("when?", "soon"),
        None,
    ]
    secret = {"people-team/2026-01-05": [message("Secret.", MONDAY)], "general/2026-01-06": "[{"}
    source = export({"general/2026-01-05": day, **secret})
    kept = sum(len(lines(document)) for document in read(source))
    found = source.accounting()
    assert (found.messages, found.kept, kept, found.broken_files) == (12, 3, 3, 1)
    assert found.skipped == {
        "broken": 1,
        "channel_join": 2,
        "deleted": 1,
        "duplicate": 1,
        "empty": 1,
        "message_deleted": 1,
        "older revision": 1,
        "without a time": 1,
    }
    assert found.messages == found.kept + sum(found.skipped.values())


def test_listing_again_counts_again_from_the_start(export: Export) -> None:
    source = export({**HELLO, "general/canvas_in_the_conversation": [{"id": "F1", "text": "a"}, {"id": "F2"}]})
    found = []
    for _ in range(2):
        list(source.items())
        found.append(source.accounting())
    assert (found[0].messages, found[0].canvases, found[0].canvases_without_text) == (1, 1, 1)
    assert found[0] == found[1]


def test_the_sample_export_is_accounted_for() -> None:
    source = SlackExport(DATA / "slack" / "export.zip", "everyone")
    list(source.items())
    found = source.accounting()
    assert (found.messages, found.kept, found.skipped) == (202, 200, {"channel_join": 1, "channel_leave": 1})
    source._zip.close()


def test_members_without_an_address_are_counted(export: Export) -> None:
    source = export(HELLO, users=[HANA, SAM | {"profile": {}}], groups=[PRIVATE | {"members": ["U1", "U2", "U9"]}])
    assert (source.members(), source.accounting().members_without_address) == ({"slack:T1/G1": ["hana@x.example"]}, 2)


def test_no_export_makes_anybody_a_member_of_everyone(export: Export) -> None:
    """A guest or a stranger reads the closed channels that they are members of, and nothing else by the export."""
    guest = SAM | {"is_ultra_restricted": True}
    stranger = {"id": "W9", "team_id": "T2", "profile": {"email": "eve@other.example"}}
    source = export(HELLO, users=[HANA, guest, stranger], groups=[PRIVATE | {"members": ["U2", "W9"]}])
    assert source.members() == {"slack:T1/G1": ["sam@x.example"]}


def test_canvases_with_text_are_documents_of_their_channel_or_of_admins(export: Export) -> None:
    canvas = {"id": "F1", "title": "Rota", "plain_text": "Mondays: Hana."}
    days = {
        **HELLO,
        "people-team/canvas_in_the_conversation": [canvas],
        "canvases": [canvas | {"id": "F2"}, {"id": "F3"}],
    }
    source = export(days)
    found = {item.path: (item.audience.id, item.read(item.load()).title) for item in items(source)}
    assert {path: of for path, of in found.items() if "/F" in path} == {
        "G1/F1": ("slack:T1/G1", "Rota"),
        "canvases/F2": ("group:admins", "Rota"),
    }
    assert [source.covers(path) for path in ("G1/F9", "canvases/F9", "G7/F9")] == [True, True, False]


def test_a_broken_list_of_canvases_is_listed_with_the_reason(export: Export) -> None:
    source = export({**HELLO, "canvases": "{"})
    assert [one for one in source.items() if isinstance(one, Unlisted)] == [
        Unlisted("canvases/canvases.json", "a list was expected")
    ]


def test_an_export_speaks_for_a_channel_up_to_the_last_message_of_all(export: Export) -> None:
    """The last message of a channel was deleted, and stayed an answer for ever."""
    newer = export({"general/2026-01-05": [message("a", MONDAY)], "people-team/2026-01-06": [message("b", TUESDAY)]})
    list(newer.items())
    assert [newer.covers(f"C1/{TUESDAY}"), newer.covers("C1/1767690001.000000")] == [True, False]


def test_an_export_says_nothing_of_a_channel_it_has_no_days_of(export: Export) -> None:
    source = export(HELLO)
    list(source.items())
    assert source.covers(f"G1/{MONDAY}") is False


def test_a_newer_export_updates_the_same_source_and_repeats_nothing(home: Home, tmp_path: Path) -> None:
    first = {"general/2026-01-05": [message("Old.", MONDAY), message("Gone.", "1767603700.0")]}
    later = {"general/2026-01-05": [message("New.", MONDAY)], "general/2026-01-06": [message("More.", TUESDAY)]}
    slack_zip(tmp_path / "a.zip", first)
    slack_zip(tmp_path / "b.zip", later)
    reports = [home.ingest(tmp_path / name, "everyone", NoProgress()) for name in ("a.zip", "a.zip", "b.zip")]
    assert [(one.added, one.updated, one.unchanged, one.removed) for one in reports] == [
        (2, 0, 0, 0),
        (0, 0, 2, 0),
        (1, 1, 0, 1),
    ]


def test_a_token_shows_in_no_error_and_no_log(export: Export, caplog: pytest.LogCaptureFixture) -> None:
    source = export({"general/2026-01-05": '[{"text": "xoxe-EXAMPLE-1", "url_private": "x?t=xoxe-EXAMPLE-2" oops'})
    (found,) = source.items()
    assert isinstance(found, Unlisted)
    assert ("xoxe" in found.reason, "xoxe" in caplog.text) == (False, False)


def test_an_item_holds_no_text_of_its_thread(export: Export) -> None:
    """An export of five gigabytes has to be listed in a fraction of that."""
    (item,) = items(export({"general/2026-01-05": [message("word " * 100_000, MONDAY)]}))
    assert len(pickle.dumps([item.path, item.stamp, item.load.args[1:]])) < 300  # type: ignore[attr-defined]


def test_lists_that_are_of_no_use_here_are_ignored(export: Export) -> None:
    ignored = dict.fromkeys(["integration_logs", "lists", "content_flags", "file_conversations"], "not even JSON")
    assert len(read(export(HELLO, **ignored))) == 1


def test_an_organisations_export_is_one_source(tmp_path: Path) -> None:
    users = [{**HANA, "enterprise_user": {"enterprise_id": "E1"}}, {**SAM, "team_id": "T2"}]
    path = archive(
        tmp_path / "grid.zip",
        {
            "org_users.json": users,
            "channels.json": [{"id": "C9", "name": "shared", "members": ["U1", "U2"]}],
            "shared/2026-01-05.json": [message("For all.", MONDAY)],
            "teams/ops/channels.json": [GENERAL],
            "teams/ops/general/2026-01-05.json": [message("For ops.", MONDAY)],
        },
    )
    source = SlackExport(path, "everyone")
    assert (source.location, [(item.path, item.audience.id) for item in items(source)]) == (
        "slack:E1",
        [(f"C9/{MONDAY}", "slack:E1/C9"), (f"C1/{MONDAY}", "slack:E1/C1")],
    )
    assert source.members()["slack:E1/C9"] == ["hana@x.example", "sam@x.example"]
    source._zip.close()
