"""Joining the dense and the lexical list into one. Pure."""

from collections.abc import Mapping, Sequence

from retrieval.lexical import Match

LEXICAL_WEIGHT = 0.4


def fused(cosines: Mapping[str, float], matches: Sequence[Match]) -> dict[str, float]:
    """Score by chunk id: cosine + 0.4 * BM25 share.

    Not reciprocal rank fusion, which is worse than dense search alone on naturally worded questions (numbers in
    docs/decisions.md). `cosines` covers the chunks of both lists.
    """
    shares = {match.chunk_id: match.share for match in matches}
    return {chunk: cosine + LEXICAL_WEIGHT * shares.get(chunk, 0.0) for chunk, cosine in cosines.items()}
