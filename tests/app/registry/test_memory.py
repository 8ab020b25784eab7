"""How much memory a model needs, and what is free."""

from pathlib import Path

from app.registry.memory import Memory, available


def test_weights_take_twice_their_size_on_a_processor() -> None:
    assert Memory("cpu").needed(1_000) == 2_400


def test_what_is_free_is_what_the_system_says(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 8 kB\nMemFree: 1 kB\nMemAvailable:    4 kB\n")
    assert available(tmp_path / "meminfo") == 4096
    assert available(tmp_path / "nothing") is None
    (tmp_path / "meminfo").write_text("MemTotal: 8 kB\n")
    assert available(tmp_path / "meminfo") is None


def test_it_can_be_stated() -> None:
    assert Memory("cpu", 7).free() == 7
