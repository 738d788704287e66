"""Sums of outcomes over the shots of a row: what shots say of sites and pairs, letter by letter."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LETTERS = "XYZ"
_BLOCK = 16  # rows at a time
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SiteSums:
    """Shots of R rows that measured one letter, by site.

    Attributes:
        count: float64 (R, N), how many did.
        total: float64 (R, N), the sum of their outcomes ±1.
    """

    count: Floats
    total: Floats


def site_sums(shots: NDArray[np.uint8], letter: str) -> SiteSums:
    """Counts and sums of outcomes of one letter, from uint8 (R, M, N) tokens."""
    parts = [_signed(part, letter) for _, part in _blocks(shots)]
    count = [np.abs(x).sum(axis=1) for x in parts]
    return SiteSums(np.concatenate(count), np.concatenate([x.sum(axis=1) for x in parts]))


def pair_residuals(
    shots: NDArray[np.uint8],
    letters: str,
    means: Floats,
    expected: Floats,
    sites: NDArray[np.int64],
) -> Floats:
    """9/M · Σ over shots that measured both letters of (P_i − m_i)(Q_j − m_j) − e_ij.

    Each pair of letters is measured by M/9 shots on average, so that with the means m known the
    result is an unbiased estimate of ⟨P_iQ_j⟩ − m_im_j − e_ij, and the less noisy the nearer m
    and e are: shots that do not measure both letters add nothing.

    Args:
        shots: uint8 (R, M, N), tokens 0..5.
        letters: two of X, Y, Z: P and Q.
        means: float64 (2, R, N), those of P and of Q.
        expected: float64, what broadcasts to (R, K).
        sites: int64 (K, 2).

    Returns:
        float64 (R, K).
    """
    out = np.empty((len(shots), len(sites)))
    first, second = sites.T
    for rows, part in _blocks(shots):
        left, right = (_signed(part, letter) for letter in letters)
        here = [np.abs(x) for x in (left, right)]
        off_left, off_right = (
            x - m[rows, None] * b for x, m, b in zip((left, right), means, here, strict=True)
        )
        product = (off_left.mT @ off_right)[:, first, second]
        both = (here[0].mT @ here[1])[:, first, second]
        wanted = np.broadcast_to(expected, out.shape)[rows]
        out[rows] = 9.0 / shots.shape[1] * (product - both * wanted)
    return out


def _signed(shots: NDArray[np.uint8], letter: str) -> Floats:
    """Outcomes ±1 of the letter, 0 where another one was measured."""
    token = 2 * LETTERS.index(letter)
    return np.asarray((shots == token).astype(np.float64) - (shots == token + 1))


def _blocks(shots: NDArray[np.uint8]) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
    for start in range(0, len(shots), _BLOCK):
        yield slice(start, start + _BLOCK), shots[start : start + _BLOCK]
