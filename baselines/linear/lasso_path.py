"""The Lasso for very many outputs at once: cyclic coordinate descent on small Gram matrices.

Each output has its own s features and the problem min_b ½ bᵀ G b − cᵀ b + λ Σ |b|, G = XᵀX/n and
c = Xᵀy/n (Friedman, Hastie, Tibshirani, J. Stat. Softw. 33 (2010)). One step changes one
coefficient of every output.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FACTORS = tuple(0.8**k for k in range(16))
"""Penalties of a path, in units of the smallest one that leaves all coefficients 0."""

_SWEEPS = 60
_BATCH = 4  # sweeps before outputs that have settled are set aside
_TOLERANCE = 1e-2
_PATIENCE = 2
_OUTPUTS = 1000  # outputs at a time


def descend(gram: Floats, target: Floats, penalty: float, start: Floats) -> Floats:
    """Coefficients of K problems of s features.

    Args:
        gram: G, float64 (K, s, s); a diagonal entry 0 keeps its coefficient at 0.
        target: c, float64 (K, s).
        penalty: λ, above 0.
        start: float64 (K, s), where to begin.

    Returns:
        float64 (K, s); a sweep moved no coefficient by more than λ/100 in its gradient.
    """
    out = start.copy()
    open_ = np.flatnonzero((np.abs(target) > penalty).any(axis=1) | start.any(axis=1))
    for _ in range(_SWEEPS // _BATCH):
        if not len(open_):
            break
        # Outputs last in memory: every step then runs along them.
        G = np.ascontiguousarray(gram[open_].transpose(1, 2, 0))
        c, b = (np.ascontiguousarray(x[open_].T) for x in (target, out))
        for _ in range(_BATCH):
            moved = _sweep(G, c, penalty, b)
        out[open_] = b.T
        open_ = open_[moved > _TOLERANCE * penalty]
    return out


def _sweep(G: Floats, c: Floats, penalty: float, b: Floats) -> Floats:
    """Change every coefficient b (s, K) once; the largest change of a gradient, (K,)."""
    moved = np.zeros(b.shape[1])
    diagonal = np.einsum("ssk->sk", G)
    inverse = np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0)
    for j in range(len(b)):
        pull = c[j] - np.einsum("sk,sk->k", G[j], b) + diagonal[j] * b[j]
        new = (pull - pull.clip(-penalty, penalty)) * inverse[j]
        np.maximum(moved, diagonal[j] * np.abs(new - b[j]), out=moved)
        b[j] = new
    return moved


class LassoPath:
    """Lasso of every column of Y on the same X, for one penalty after the other.

    An output whose largest |Xᵀy|/n is at most λ has no coefficient, so that only the others are
    looked at. Each penalty starts from the one before.

    Args:
        X: float64 (n, P), centred.
        Y: float64 (n, L), centred.
    """

    def __init__(self, X: Floats, Y: Floats) -> None:
        self._X, self._Y = X, Y
        blocks = range(0, Y.shape[1], _OUTPUTS)
        tops = [np.abs(X.T @ Y[:, k : k + _OUTPUTS]).max(axis=0) / len(X) for k in blocks]
        self._top = np.concatenate(tops)
        self._last = (np.zeros(0, dtype=np.int64), np.zeros((X.shape[1], 0)))

    @property
    def largest(self) -> float:
        """The smallest penalty at which all coefficients are 0."""
        return float(self._top.max())

    def at(self, penalty: float) -> tuple[NDArray[np.int64], Floats]:
        """Outputs that may have coefficients, int64 (A,), and these, float64 (P, A)."""
        outputs = np.flatnonzero(self._top > penalty)
        start = np.zeros((self._X.shape[1], len(outputs)))
        known, before = self._last
        _, mine, theirs = np.intersect1d(outputs, known, return_indices=True)
        start[:, mine] = before[:, theirs]
        self._last = outputs, lasso(self._X, self._Y[:, outputs], penalty, start)
        return self._last


def lasso(X: Floats, Y: Floats, penalty: float, start: Floats) -> Floats:
    """Lasso of every column of Y on the same X: coefficients float64 (P, L).

    Descends on the features that can enter, then checks the condition of the optimum,
    |Xᵀ(Y − X B)|/n ≤ λ, for all the others and adds what breaks it.

    Args:
        X: float64 (n, P), centred.
        Y: float64 (n, L), centred.
        penalty: λ, above 0.
        start: float64 (P, L), coefficients of a nearby λ.
    """
    limit = penalty * (1 + 2 * _TOLERANCE)
    features = np.ascontiguousarray(X.T)
    B = start.copy()
    for at in range(0, Y.shape[1], _OUTPUTS):
        part = np.arange(at, min(at + _OUTPUTS, Y.shape[1]))
        held = B[:, part] != 0
        is_open = np.ones(len(part), dtype=np.bool_)
        while True:
            gradient = np.abs(features @ (Y[:, part] - _fitted(X, B[:, part]))) / len(X)
            wrong = (gradient > limit) & ~held
            # All are fitted once; after that, those to which something is added.
            is_open |= wrong.any(axis=0)
            part, held = part[is_open], (held | wrong)[:, is_open]
            if not len(part):
                break
            B[:, part] = _on_held(features, Y[:, part], penalty, held, B[:, part])
            is_open = np.zeros(len(part), dtype=np.bool_)
    return B


def _fitted(X: Floats, B: Floats) -> Floats:
    """X B, for a B that is mostly 0."""
    used = np.flatnonzero(B.any(axis=1))
    return X[:, used] @ B[used]


def _on_held(
    features: Floats, Y: Floats, penalty: float, held: NDArray[np.bool_], start: Floats
) -> Floats:
    """Lasso of each column on the features held for it, gathered to the same number s."""
    output, feature = np.nonzero(held.T)
    count = held.sum(axis=0)
    place = np.arange(len(output)) - np.repeat(np.cumsum(count) - count, count)
    shape = (len(count), int(count.max()))
    picks, begin = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    picks[output, place], begin[output, place] = feature, start[feature, output]
    mine = features[picks]
    mine[np.arange(shape[1]) >= count[:, None]] = 0.0
    gram = mine @ mine.mT / len(Y)
    target = (mine @ Y.T[:, :, None])[:, :, 0] / len(Y)
    out = np.zeros_like(start)
    out[feature, output] = descend(gram, target, penalty, begin)[output, place]
    return out


def choose(fit: Callable[[float], float], largest: float) -> float:
    """Walk down the penalties until the error has risen twice in a row.

    Args:
        fit: penalty → held-out error; called from large to small.
        largest: the penalty of the first step.

    Returns:
        The penalty of the smallest error; a tie goes to the larger one.
    """
    best, chosen, worse = np.inf, largest, 0
    for factor in FACTORS:
        error = fit(factor * largest)
        worse = worse + 1 if error >= best else 0
        if error < best:
            best, chosen = error, factor * largest
        if worse >= _PATIENCE:
            break
    return chosen
