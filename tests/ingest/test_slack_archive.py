import stat
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ingest.slack_archive
from ingest.slack_archive import SlackArchive
from retrieval.errors import Unreadable, Unusable
from tests.slack_zip import archive, unflagged

DAY = "general/2026-01-05.json"
Open = Callable[[Path], SlackArchive]


@pytest.fixture
def opened() -> Iterator[Open]:
    made: list[SlackArchive] = []

    def open_(path: Path) -> SlackArchive:
        made.append(SlackArchive(path))
        return made[-1]

    yield open_
    for one in made:
        one.close()


def test_the_files_are_found_by_folder_and_the_rest_is_left_out(tmp_path: Path, opened: Open) -> None:
    files = dict.fromkeys(
        [
            *("channels.json", "integration_logs.json", DAY, "general/canvas_in_the_conversation.json"),
            *("canvases.json", "general/notes.json", "general/attachments/F1-a.pdf", "__uploads/F1/2026-01-05.json"),
            *("__MACOSX/general/2026-01-05.json", "general/._2026-01-05.json", "../general/2026-01-05.json"),
            "/general/2026-01-05.json",
        ],
        "[]",
    )
    area = opened(archive(tmp_path / "a.zip", files)).areas[0]
    assert (area.days, area.canvases) == (
        {"general": [DAY]},
        {"general": "general/canvas_in_the_conversation.json", "": "canvases.json"},
    )
    assert "integration_logs.json" in area.lists


@pytest.mark.parametrize("prefix", ["", "Export/", "a/b/"])
def test_enclosing_folders_do_not_matter(tmp_path: Path, opened: Open, prefix: str) -> None:
    made = opened(archive(tmp_path / "a.zip", {f"{prefix}groups.json": "[]", f"{prefix}{DAY}": "[]"}))
    assert made.areas[0].days == {"general": [f"{prefix}{DAY}"]}


def test_an_export_three_folders_down_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"no Slack export: it holds no channels\.json"):
        SlackArchive(archive(tmp_path / "a.zip", {"a/b/c/channels.json": "[]"}))


def test_backslashes_part_folders_too(tmp_path: Path, opened: Open) -> None:
    made = opened(archive(tmp_path / "a.zip", {"channels.json": "[]", DAY.replace("/", "\\"): "[7]"}))
    assert (made.areas[0].days, list(made.rows(DAY))) == ({"general": [DAY]}, [7])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_without_the_flag_are_utf8(tmp_path: Path, opened: Open, form: str) -> None:
    written = unicodedata.normalize(form, "büro/2026-01-05.json")  # type: ignore[arg-type]
    path = unflagged(archive(tmp_path / "a.zip", {"channels.json": "[]", written: "[]"}))
    with zipfile.ZipFile(path) as as_python_reads_it:
        assert written not in as_python_reads_it.namelist()
    assert list(opened(path).areas[0].days) == ["büro"]


def test_names_with_the_flag_stay_as_they_are(tmp_path: Path, opened: Open) -> None:
    """A fix for names without the flag once broke those with it."""
    made = opened(archive(tmp_path / "a.zip", {"channels.json": "[]", "b├╝ro/2026-01-05.json": "[]"}))
    assert list(made.areas[0].days) == ["b├╝ro"]


def test_names_in_neither_encoding_are_kept(tmp_path: Path, opened: Open) -> None:
    path = unflagged(archive(tmp_path / "a.zip", {"channels.json": "[]", "bÃro/2026-01-05.json": "[]"}))
    path.write_bytes(path.read_bytes().replace("bÃro".encode(), b"b\xff\xfero"))
    assert list(opened(path).areas[0].days) == [b"b\xff\xfero".decode("cp437")]


def test_links_are_left_out(tmp_path: Path, opened: Open) -> None:
    path = archive(tmp_path / "a.zip", {"channels.json": "[]"})
    with zipfile.ZipFile(path, "a") as made:
        link = zipfile.ZipInfo(DAY)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert opened(path).areas[0].days == {}


def test_an_organisations_export_has_an_area_for_each_workspace(tmp_path: Path, opened: Open) -> None:
    files = [
        "x/channels.json",
        f"x/{DAY}",
        "x/teams/ops/channels.json",
        f"x/teams/ops/{DAY}",
        "x/teams/2026-01-05.json",
    ]
    areas = opened(archive(tmp_path / "a.zip", dict.fromkeys(files, "[]"))).areas
    assert [(area.workspace, area.days) for area in areas] == [
        ("", {"general": [f"x/{DAY}"], "teams": ["x/teams/2026-01-05.json"]}),
        ("ops", {"general": [f"x/teams/ops/{DAY}"]}),
    ]


def test_an_organisations_export_needs_no_lists_at_the_top(tmp_path: Path, opened: Open) -> None:
    areas = opened(archive(tmp_path / "a.zip", {"org_users.json": "[]", "teams/ops/channels.json": "[]"})).areas
    assert [area.workspace for area in areas] == ["", "ops"]
    assert "org_users.json" in areas[0].lists


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (["channels.jsonl", "general/2026-01-05.jsonl"], "it holds JSONL files. Ask Slack for the export in JSON"),
        (
            ["channels/general/2026-01-05.txt", "dms/a.txt"],
            "one person's export in TXT. Ask Slack for the export in JSON",
        ),
        (["handbook/leave.txt", "users.json"], "it holds no channels.json. For other documents, unpack it"),
        ([], "it holds no channels.json"),
    ],
)
def test_other_archives_are_refused_with_what_to_do(tmp_path: Path, files: list[str], says: str) -> None:
    with pytest.raises(Unusable) as refused:
        SlackArchive(archive(tmp_path / "a.zip", dict.fromkeys(files, "x")))
    assert says in str(refused.value)


def test_an_encrypted_export_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"channels.json": "[]", DAY: "[]"})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(Unusable, match=r"is encrypted\. Pack the export again without a password"):
        SlackArchive(path)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.slack_archive, "_ENTRIES", 2)
    with pytest.raises(Unusable, match=r"has more than 2 files"):
        SlackArchive(archive(tmp_path / "a.zip", dict.fromkeys(["channels.json", DAY, "b.json"], "[]")))


def test_a_file_that_unpacks_to_too_much_of_its_size_is_broken(tmp_path: Path, opened: Open) -> None:
    made = opened(archive(tmp_path / "a.zip", {"channels.json": "[]", DAY: b"[" + b" " * (17 * 2**20) + b"]"}))
    with pytest.raises(Unreadable, match="it unpacks to more than 16 MiB"):
        list(made.rows(DAY))


def test_a_file_that_unpacks_to_too_much_is_broken(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.slack_archive, "_UNPACKED", 2**20)
    made = opened(archive(tmp_path / "a.zip", {"channels.json": "[]", DAY: b"[" + b" " * 2**20 + b"]"}))
    with pytest.raises(Unreadable, match="it unpacks to more than 1 MiB"):
        list(made.rows(DAY))


def test_a_large_file_is_read_in_pieces(tmp_path: Path, opened: Open) -> None:
    row = '{"text": "' + "a" * 10_000 + '"},'
    made = opened(archive(tmp_path / "a.zip", {"channels.json": "[]", DAY: f"[{row * 1500}7]"}))
    tracemalloc.start()
    count = sum(1 for _ in made.rows(DAY))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1501
    assert peak < 8 * 2**20  # of 15 MiB


def test_a_file_that_is_not_as_large_as_it_says_is_broken(tmp_path: Path, opened: Open) -> None:
    path = archive(tmp_path / "a.zip", {"channels.json": "[]", DAY: "[1, 2, 3]"})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 24] = 4  # the size in the directory
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="it is no valid JSON file"):
        list(opened(path).rows(DAY))


def test_nesting_without_end_is_broken(tmp_path: Path, opened: Open) -> None:
    made = opened(archive(tmp_path / "a.zip", {"channels.json": "[]", DAY: "[" * 100_000}))
    with pytest.raises(Unreadable, match=r"it is no valid JSON file \(RecursionError\)"):
        list(made.rows(DAY))
