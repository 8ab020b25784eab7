"""Batches of token ids for a model: texts of like length together, so that little of a batch is padding. Pure."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


def batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Places of texts of like length, longest first; a batch has at most `most` tokens with padding, or one text."""
    batch: list[int] = []
    longest = 0
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and (len(batch) + 1) * longest > most:
            yield batch
            batch = []
        if not batch:
            longest = lengths[place]
        batch.append(place)
    if batch:
        yield batch


def padded(encoded: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
    """Token ids and mask, each (texts, longest): zeros fill the rows."""
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.zeros(mask.shape, dtype=np.int64)
    ids[mask] = np.fromiter(chain.from_iterable(encoded), dtype=np.int64, count=int(lengths.sum()))
    return ids, mask.astype(np.int64)
