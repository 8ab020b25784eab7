import numpy as np
import pytest

from retrieval.access import PUBLIC, Scope
from retrieval.index import Near, Row
from retrieval.rows import Rows, gathered, joined_audiences

EAST = np.array([1.0, 0.0], dtype=np.float32)
NORTH = np.array([0.0, 1.0], dtype=np.float32)
BETWEEN = np.array([0.6, 0.8], dtype=np.float32)


def four() -> Rows:
    rows = [
        Row("east", "everyone", EAST),
        Row("north", "group:hr", NORTH),
        Row("zwischen-ä", "everyone", BETWEEN),
        Row("west", "group:hr", -EAST),
    ]
    return gathered(rows, 2)


def test_the_nearest_come_first_with_their_cosines() -> None:
    near = four().nearest(EAST, np.arange(4), 3)
    assert [one.chunk_id for one in near] == ["east", "zwischen-ä", "north"]
    assert [one.cosine for one in near] == pytest.approx([1.0, 0.6, 0.0])


def test_only_the_given_places_are_looked_at() -> None:
    assert [one.chunk_id for one in four().nearest(EAST, np.array([1, 3]), 9)] == ["north", "west"]


def test_no_place_finds_nothing() -> None:
    assert four().nearest(EAST, np.array([], dtype=np.int32), 9) == []


def test_a_question_that_is_no_number_finds_nothing() -> None:
    assert four().nearest(EAST * np.float32("nan"), np.arange(4), 2) == []


def test_a_vector_of_another_length_is_not_passed_on() -> None:
    with pytest.raises(AssertionError):
        four().nearest(np.ones(3, dtype=np.float32), np.arange(4), 2)


def test_rows_inside_a_scope() -> None:
    rows = four()
    assert rows.inside(PUBLIC).tolist() == [True, False, True, False]
    assert rows.inside(Scope(frozenset({"group:hr", "group:it"}))).tolist() == [False, True, False, True]


def test_no_rows_are_inside_no_scope() -> None:
    assert gathered([], 2).inside(PUBLIC).tolist() == []


def test_joined_rows_keep_their_audiences() -> None:
    more = gathered([Row("south", "group:it", -NORTH), Row("up", "everyone", EAST)], 2)
    both = four().joined(more)
    assert (both.names, both.audiences.tolist()) == (("everyone", "group:hr", "group:it"), [0, 1, 0, 1, 2, 0])
    assert both.nearest(-NORTH, np.array([4, 5]), 2) == [Near("south", 1.0), Near("up", 0.0)]


def test_nothing_is_joined_with_nothing() -> None:
    places, names = joined_audiences(gathered([], 2), gathered([], 2))
    assert (places.tolist(), names) == ([], ())


def test_where_keeps_what_the_mask_names() -> None:
    kept = four().where(np.array([False, True, True, False]))
    assert [one.chunk_id for one in kept.nearest(EAST, np.arange(2), 2)] == ["zwischen-ä", "north"]
