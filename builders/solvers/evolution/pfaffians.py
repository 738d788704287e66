"""Pfaffians of all windows of an antisymmetric matrix at once, O(n⁴) for its n²/2 windows.

Windows that start at one place are nested: eliminating pair after pair of rows from there, the
Pfaffian of each is the product of the pivots so far. All starts are eliminated together, the rows
of a panel being brought up to date by one product of matrices. Nothing is exchanged on the way, so
that some pivots would spoil what follows: starts with one are done again by themselves, where a
pair that is not fit to be eliminated waits until later ones make it so.

Which pivots do: eliminating the rows u and v with the pivot p adds (v_m u_n − u_m v_n)/p to what is
left, S, with a rounding error E of about 1e-16 max(|u|, |v|)²/|p|. The derivative of a later window
by S_mn is the Pfaffian of that window without the rows m and n. For a covariance of fermions that
is an expectation value, 1 at most, so that a window is off by the sum of E at most.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PANEL = 8
"""Pairs of rows that are brought up to date together."""
SPOILING = 1e4
"""max(|u|, |v|)²/|p| past which a pivot spoils: errors stay near 1e-12."""
UNFIT = 1e2
"""The same where pairs can wait."""


def window_pfaffians(matrices: Floats) -> Floats:
    """Pfaffians of the windows of whole pairs of rows, of each of some antisymmetric matrices.

    Args:
        matrices: float64 (B, 2n, 2n), antisymmetric.

    Returns:
        float64 (B, n, n): [b, i, j] is the Pfaffian of rows and columns 2i … 2j+1 of matrix b,
        for i ≤ j; 0 elsewhere.
    """
    return np.stack([_windows(matrix) for matrix in matrices])


def _windows(A: Floats) -> Floats:
    n = len(A) // 2
    rows = np.zeros((n, 2 * n, 2 * n))  # [start, row as it is when eliminated, column]
    inverse = np.zeros((n, n, 2, 1))  # (1, −1) / pivot, 0 of pairs before the start
    pivots = np.zeros((n, n))
    spoilt = np.zeros(n, dtype=np.bool_)
    # What follows a spoiling pivot may overflow; it is done again.
    with np.errstate(all="ignore"):
        for first in range(0, n, PANEL):
            last = min(first + PANEL, n)
            a, z = 2 * first, 2 * last
            part = np.repeat(A[None, a:z, a:], last, axis=0)
            if first:
                pairs = rows[:first, :a, a:z].reshape(first, first, 2, z - a)[:, :, ::-1]
                left = (pairs * inverse[:first, :first]).reshape(first, a, z - a)
                part[:first] += left.mT @ rows[:first, :a, a:]
            for k in range(first, last):
                at = 2 * (k - first)
                pair = part[: k + 1, at : at + 2]
                pivot = pair[:, 0, at + 1]
                pivots[: k + 1, k] = pivot
                inverse[: k + 1, k, 0, 0], inverse[: k + 1, k, 1, 0] = 1.0 / pivot, -1.0 / pivot
                beside = np.abs(pair[:, :, at + 2 :]).max(axis=(1, 2), initial=0.0)
                spoilt[: k + 1] |= ~(beside**2 <= SPOILING * np.abs(pivot))
                left = pair[:, ::-1, at + 2 : z - a] * inverse[: k + 1, k]
                part[: k + 1, at + 2 :] += left.mT @ pair
            rows[:last, a:z, a:] = part
        pivots[np.tril_indices(n, -1)] = 1.0
        out = np.triu(np.cumprod(pivots, axis=1))
    for i in np.flatnonzero(spoilt):
        out[i, i:] = _leading(A[2 * i :, 2 * i :])
    return out


def _leading(A: Floats) -> Floats:
    """Pfaffians of the leading 2, 4, … rows and columns, float64 (n,), whatever pivots are."""
    S = A.copy()
    out = np.zeros(len(A) // 2)
    waiting: list[int] = []
    product = 1.0
    for k in range(len(out)):
        waiting += [2 * k, 2 * k + 1]
        while waiting:
            x, y, pivot = _largest(S[np.ix_(waiting, waiting)])
            pair = S[[waiting[x], waiting[y]]]
            beside = np.abs(pair[:, 2 * k + 2 :]).max(initial=0.0)
            if pivot == 0.0 or beside**2 > UNFIT * abs(pivot):
                break
            product *= pivot * (-1.0) ** (x + y - 1)
            del waiting[y], waiting[x]
            low = waiting[0] if waiting else 2 * k + 2
            pair = pair[:, low:]
            S[low:, low:] += (pair[::-1] / [[pivot], [-pivot]]).T @ pair
        out[k] = product * _pfaffian(S[np.ix_(waiting, waiting)])
    return out


def _pfaffian(A: Floats) -> float:
    """The Pfaffian of one small matrix, the largest pivot first."""
    value = 1.0
    while len(A):
        x, y, pivot = _largest(A)
        if pivot == 0.0:
            return 0.0
        value *= pivot * (-1.0) ** (x + y - 1)
        pair = A[[x, y]]
        rest = np.delete(np.arange(len(A)), [x, y])
        A = (A + (pair[::-1] / [[pivot], [-pivot]]).T @ pair)[np.ix_(rest, rest)]
    return value


def _largest(A: Floats) -> tuple[int, int, float]:
    """Row, column and value of the largest entry above the diagonal of a matrix."""
    x, y = divmod(int(np.abs(np.triu(A, 1)).argmax()), len(A))
    if x == y:  # all entries are 0
        x, y = 0, 1
    return x, y, float(A[x, y])
