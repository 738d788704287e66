"""The Lasso of many groups of samples, each with weights of its own and all with one penalty."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.linear.lasso_path import FACTORS, descend

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Σ x xᵀ and Σ x y over the samples of each of G groups and of each of F folds.

    Attributes:
        gram: float64 (F, G, s, s).
        target: float64 (F, G, s).
        count: samples of each group in all folds, int64 (G,).
    """

    gram: Floats
    target: Floats
    count: NDArray[np.int64]

    @staticmethod
    def of(
        x: NDArray[np.float32], y: NDArray[np.float32], folds: Sequence[NDArray[np.bool_]]
    ) -> "Moments":
        """Of one group: x float32 (n, m, s) and y (n, m), m samples a row; `folds` of the rows."""
        grams, targets = [], []
        for out in folds:
            part, wanted = x[out].reshape(-1, x.shape[2]), y[out].ravel()
            grams.append((part.T @ part).astype(np.float64))
            targets.append((part.T @ wanted).astype(np.float64))
        return Moments(np.stack(grams)[:, None], np.stack(targets)[:, None], np.array([y.size]))

    @staticmethod
    def join(parts: "Sequence[Moments]") -> "Moments":
        """Those of different groups."""
        gram = np.concatenate([part.gram for part in parts], axis=1)
        target = np.concatenate([part.target for part in parts], axis=1)
        return Moments(gram, target, np.concatenate([part.count for part in parts]))


@dataclass(frozen=True, eq=False)
class Path:
    """Weights and held-out errors for each of `FACTORS`.

    Attributes:
        weights: float32 (penalties, G, s), learnt from all samples.
        errors: squared error of folds left out, less that of no weights, float64 (penalties,).
    """

    weights: NDArray[np.float32]
    errors: Floats

    @staticmethod
    def of(moments: Moments, largest: float) -> "Path":
        """From the penalty `largest` downwards: λ √m Σ |w| beside ½ Σ (y − w·x)², m samples.

        Noise pulls at the weights of a group by √m, so that one λ stands as far above it in each.
        """
        root = np.sqrt(moments.count)
        gram, target = moments.gram.sum(axis=0), moments.target.sum(axis=0)

        def follow(gram: Floats, target: Floats) -> list[Floats]:
            found, last = [], np.zeros_like(target)
            scaled = gram / root[:, None, None], target / root[:, None]
            for factor in FACTORS:
                last = descend(*scaled, factor * largest, last)
                found.append(last)
            return found

        errors = np.zeros(len(FACTORS))
        for held_gram, held in zip(moments.gram, moments.target, strict=True):
            for k, w in enumerate(follow(gram - held_gram, target - held)):
                fitted = (held_gram @ w[:, :, None])[:, :, 0]
                errors[k] += float(np.sum(w * (fitted - 2.0 * held)))
        return Path(np.stack(follow(gram, target)).astype(np.float32), errors)
