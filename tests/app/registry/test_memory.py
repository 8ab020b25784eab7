"""How much memory a model needs, and what is free."""

from app.registry.memory import Memory


def test_weights_take_twice_their_size_on_a_processor() -> None:
    assert Memory("cpu").needed(1_000) == 2_400


def test_what_is_free_is_what_the_system_says() -> None:
    free = Memory("cpu").free()
    assert free is None or free > 1_000_000


def test_it_can_be_stated() -> None:
    assert Memory("cpu", 7).free() == 7
