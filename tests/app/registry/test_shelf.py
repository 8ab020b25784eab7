"""Keeping versions: copied whole or not at all, checked whenever they are used."""

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.registry.shelf import Naming, Shelf, shelf_of
from retrieval.errors import LedgerBusy, Missing, Unusable
from tests.app.registry.versions import adapter, model, registered, two_versions

ROOT = Path(__file__).parents[3]


def test_a_version_is_a_copy_with_a_record_a_card_and_checksums(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    assert [one.ref for one in shelf.versions()] == ["hr/1", "hr/2"]
    assert first.digest != second.digest
    assert {file.relative_to(tmp_path / "models/hr/1").as_posix() for file in shelf.place(first).rglob("*.*")} == {
        "README.md",
        "version.json",
        "model/config.json",
        "model/model.safetensors",
        "model/tokenizer.json",
    }
    assert stat.S_IMODE((shelf.place(first) / "model/model.safetensors").stat().st_mode) == 0o400


def test_the_original_may_change_or_go_afterwards(tmp_path: Path) -> None:
    shelf, _, _ = two_versions(tmp_path)
    (tmp_path / "m1" / "model.safetensors").write_bytes(b"overwritten")
    shelf.checked("hr/1")


def test_the_same_model_twice_is_one_version(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    assert registered(shelf, tmp_path / "m1") == first
    assert len(shelf.versions()) == 2


def test_the_newest_version_is_meant_by_the_name_alone(tmp_path: Path) -> None:
    shelf, _, second = two_versions(tmp_path)
    assert shelf.version("hr") == second == shelf.version("hr/2")


def test_an_unknown_version_names_the_known_ones(tmp_path: Path) -> None:
    shelf, _, _ = two_versions(tmp_path)
    with pytest.raises(Missing, match="There is no version 'hr/7'. Known are: hr/1, hr/2"):
        shelf.version("hr/7")
    with pytest.raises(Missing, match="none yet; add one with: frontdesk models register"):
        Shelf(tmp_path / "nothing").version("hr")


def test_adapters_of_one_base_share_its_file(tmp_path: Path) -> None:
    shelf, base = Shelf(tmp_path / "models"), model(tmp_path / "base")
    first, second = (registered(shelf, adapter(tmp_path / f"a{value}", base, value)) for value in (1, 2))
    files = [shelf.place(one) / "model" / "model.safetensors" for one in (first, second)]
    assert files[0].stat().st_ino == files[1].stat().st_ino
    assert (first.is_adapter, first.digest == second.digest) == (True, False)


def test_a_shared_file_that_was_damaged_is_copied_anew(tmp_path: Path) -> None:
    shelf, base = Shelf(tmp_path / "models"), model(tmp_path / "base")
    first = registered(shelf, adapter(tmp_path / "a1", base, 1))
    damage(shelf.place(first) / "model" / "model.safetensors")
    second = registered(shelf, adapter(tmp_path / "a2", base, 2))
    shelf.checked(second.ref)


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.chmod(0o600)
    file.write_bytes(bytes(content))


def test_a_changed_byte_is_found_when_it_is_used(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    damage(shelf.place(first) / "model" / "model.safetensors")
    with pytest.raises(Unusable, match=r"hr/1 cannot be used: model/model.safetensors has another content"):
        shelf.checked("hr/1")


def test_a_truncated_a_missing_and_a_foreign_file_are_found(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    file = shelf.place(first) / "model" / "config.json"
    file.chmod(0o600)
    file.write_text("{")
    with pytest.raises(Unusable, match="config.json has 1 bytes instead of"):
        shelf.checked("hr/1")
    file.unlink()
    with pytest.raises(Unusable, match="its file model/config.json is missing"):
        shelf.checked("hr/1")
    (shelf.place(second) / "model" / "modeling.py").write_text("import os")
    with pytest.raises(Unusable, match="model/modeling.py is not in its record"):
        shelf.checked("hr/2")


@pytest.mark.parametrize("record", ["", "{}", "[]", '{"form": 2}', '{"form": 1, "files": {}}'])
def test_a_broken_record_is_told_and_hides_no_other_version(tmp_path: Path, record: str) -> None:
    shelf, first, _ = two_versions(tmp_path)
    (shelf.place(first) / "version.json").write_text(record)
    with pytest.raises(Unusable, match=r"version.json"):
        shelf.checked("hr/1")
    assert [one.ref for one in shelf.versions()] == ["hr/2"]


def test_what_was_killed_while_it_copied_is_no_version_and_leaves_nothing(tmp_path: Path) -> None:
    shelf, _, _ = two_versions(tmp_path)
    left = tmp_path / "models" / "hr" / ".partial"
    (left / "model").mkdir(parents=True)
    (left / "version.json").write_text((tmp_path / "models/hr/1/version.json").read_text())
    assert [one.ref for one in shelf.versions()] == ["hr/1", "hr/2"]
    third = registered(shelf, model(tmp_path / "m3", 3))
    assert (third.ref, left.exists()) == ("hr/3", False)


def test_a_refused_model_leaves_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "models")
    (model(tmp_path / "m") / "evil.py").write_text("")
    with pytest.raises(Unusable, match="can run code"):
        registered(shelf, tmp_path / "m")
    assert shelf.versions() == []


def test_two_at_once_are_not_mixed(tmp_path: Path) -> None:
    shelf, _, _ = two_versions(tmp_path)
    with shelf._alone(), pytest.raises(LedgerBusy, match="Another model is being registered"):
        registered(shelf, model(tmp_path / "m3", 3))


@pytest.mark.parametrize("name", ["", "HR", "a b", "../x", "quoting", ".x", "a/b"])
def test_a_name_is_small_letters_and_digits(name: str) -> None:
    with pytest.raises(Unusable, match="is no name for a model"):
        Naming(name)


def test_the_shelf_lies_in_the_home(tmp_path: Path) -> None:
    assert shelf_of(tmp_path).folder == tmp_path / "models"


def test_the_record_of_the_training_comes_along(tmp_path: Path) -> None:
    (model(tmp_path / "m") / "run.json").write_text(json.dumps({"base": "acme/llama", "metrics": {"loss": 0.5}}))
    version = registered(Shelf(tmp_path / "models"), tmp_path / "m")
    card = (tmp_path / "models" / version.ref / "README.md").read_text()
    assert version.run["metrics"] == {"loss": 0.5}
    assert 'base_model: "acme/llama"' in card
    assert '"loss": 0.5' in card


REGISTER_AND_DIE = """
import os, signal, sys
from pathlib import Path
from app.registry.model_files import model_folder
from app.registry.shelf import Naming, Shelf
from app.settings import Settings

def watch(doing, done, total):
    if doing == "Copying" and done >= total * float(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

Shelf(Path(sys.argv[1])).register(model_folder(Path(sys.argv[2])), Naming("hr"), Settings(), watch)
"""


@pytest.mark.heavy
@pytest.mark.parametrize("share", ["0.01", "1.0"], ids=["after the first file", "after the last file"])
def test_kill_9_while_a_model_is_copied_loses_and_leaves_nothing(tmp_path: Path, share: str) -> None:
    shelf, _, _ = two_versions(tmp_path)
    third = model(tmp_path / "m3", 3)
    command = [sys.executable, "-c", REGISTER_AND_DIE, str(shelf.folder), str(third), share]
    assert subprocess.run(command, check=False, cwd=ROOT).returncode == -signal.SIGKILL
    assert [one.ref for one in shelf.versions()] == ["hr/1", "hr/2"]
    assert (registered(shelf, third).ref, shelf.checked("hr/3")[0].number) == ("hr/3", 3)
    assert sorted(file.name for file in (shelf.folder / "hr").iterdir()) == ["1", "2", "3"]
