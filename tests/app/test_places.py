from pathlib import Path

import pytest

from app.places import make_private_folder, milvus_file
from retrieval.errors import Unusable


def test_a_home_that_is_a_file_says_which_setting_helps(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(Unusable, match="cannot be made: .*. Set FRONTDESK_HOME to another folder"):
        make_private_folder(tmp_path / "home")


def test_a_milvus_file_is_named_from_the_home_and_a_server_is_none(tmp_path: Path) -> None:
    assert milvus_file(tmp_path, "vectors.db") == tmp_path / "vectors.db"
    assert milvus_file(tmp_path, "http://milvus:19530") is None
