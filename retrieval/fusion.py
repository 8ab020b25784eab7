"""Joining the dense and the lexical list into one, and ranking the best again by late interaction. Pure.

The weights were chosen on the dev halves of three sets; `python -m tests.bench.ablation` prints what each is worth.
"""

from collections.abc import Mapping, Sequence

from retrieval.lexical import Match
from retrieval.words import Asked, Words

LEXICAL_WEIGHT = 0.4
INTERACTION_WEIGHT = 1.0
_CROSS_ENCODER_WEIGHT = 2.4  # the most that cosine, BM25's share and interaction make together


def fused(cosines: Mapping[str, float], matches: Sequence[Match]) -> dict[str, float]:
    """Score by chunk id: cosine + 0.4 * BM25 share.

    Not reciprocal rank fusion, which is worse than dense search alone on naturally worded questions (numbers in
    docs/decisions.md). `cosines` covers the chunks of both lists.
    """
    shares = {match.chunk_id: match.share for match in matches}
    return {chunk: cosine + LEXICAL_WEIGHT * shares.get(chunk, 0.0) for chunk, cosine in cosines.items()}


def reranked(scores: Mapping[str, float], asked: Asked, words: Mapping[str, Words]) -> dict[str, float]:
    """Scores by chunk id, higher by the interaction of question and chunk where the chunk's words are given."""
    added = {chunk: INTERACTION_WEIGHT * asked.interaction(of_chunk) for chunk, of_chunk in words.items()}
    return {chunk: score + added.get(chunk, 0.0) for chunk, score in scores.items()}


def cross_encoded(scores: Mapping[str, float], relevance: Mapping[str, float]) -> dict[str, float]:
    """Scores of the chunks that a cross-encoder read, by id: its relevance of 0..1 weighs as much as all else."""
    return {chunk: scores[chunk] + _CROSS_ENCODER_WEIGHT * float(of_chunk) for chunk, of_chunk in relevance.items()}
