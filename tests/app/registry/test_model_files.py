"""Which files of a model are taken, and what is refused by its name or shape."""

from pathlib import Path

import pytest

from app.registry.model_files import digest_of, file_sum, model_folder, sums, taken, weights_size
from retrieval.errors import Unusable
from tests.app.registry.versions import adapter, model, unwatched


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "state.pkl", "modeling_llama.py", "lib.so", "X.BIN"])
def test_a_file_that_can_hold_code_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    (model(tmp_path) / name).write_bytes(b"x")
    with pytest.raises(Unusable, match=f"holds {name}. Such files can run code: only safetensors and JSON are taken"):
        taken(tmp_path)


def test_weights_tokenizer_template_and_readme_are_taken_and_the_rest_is_left(tmp_path: Path) -> None:
    folder = model(tmp_path)
    for name in ("chat_template.jinja", "merges.txt", "README.md", "notes.txt", ".gitattributes"):
        (folder / name).write_text("x")
    (folder / "checkpoint-10").mkdir()
    assert [file.name for file in taken(folder)] == [
        "README.md",
        "chat_template.jinja",
        "config.json",
        "merges.txt",
        "model.safetensors",
        "tokenizer.json",
    ]


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (model(tmp_path) / "model.safetensors").unlink()
    with pytest.raises(Unusable, match="has no weights"):
        taken(tmp_path)


@pytest.mark.parametrize(("keep", "expected"), [(-1, "Copy it again"), (12, "is no safetensors file"), (3, "is no")])
def test_weights_that_are_cut_short_are_refused(tmp_path: Path, keep: int, expected: str) -> None:
    file = model(tmp_path) / "model.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(Unusable, match=expected):
        taken(tmp_path)


def test_an_adapter_brings_the_base_that_it_names(tmp_path: Path) -> None:
    base = model(tmp_path / "base")
    found = model_folder(adapter(tmp_path / "adapter", base))
    assert (found.base, found.adapter, found.name) == (base, tmp_path / "adapter", "adapter")
    assert list(sums(found, unwatched))[-1] == "adapter/adapter_model.safetensors"


def test_an_adapter_may_name_its_base_from_where_it_lies(tmp_path: Path) -> None:
    model(tmp_path / "base")
    found = model_folder(adapter(tmp_path / "adapter", Path("../base")))
    assert found.base.resolve() == tmp_path / "base"


def test_an_adapter_whose_base_is_elsewhere_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"was trained on acme/llama-8b, which is not on this machine"):
        model_folder(adapter(tmp_path, Path("acme/llama-8b")))


def test_what_only_tells_of_a_model_changes_no_digest(tmp_path: Path) -> None:
    before = digest_of(sums(model_folder(model(tmp_path)), unwatched))
    (tmp_path / "README.md").write_text("# A card")
    (tmp_path / "run.json").write_text("{}")
    assert digest_of(sums(model_folder(tmp_path), unwatched)) == before
    (tmp_path / "tokenizer.json").write_text('{"a": 1}')
    assert digest_of(sums(model_folder(tmp_path), unwatched)) != before


def test_a_checksum_is_the_one_of_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    one = file_sum(tmp_path / "a")
    assert (one.size, one.sha256[:16]) == (3, "ba7816bf8f01cfea")


def test_the_size_of_weights_is_that_of_all_folders(tmp_path: Path) -> None:
    folders = [model(tmp_path / name) for name in ("a", "b")]
    assert weights_size(folders) == 2 * (folders[0] / "model.safetensors").stat().st_size
