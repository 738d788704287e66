"""The features of `PairFeatures` in the form that `DistanceRegression` asks for."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from baselines.pair_features import PairFeatures
from baselines.pairs import Pairs
from builders.family import Family

_BLOCK = 50  # rows at a time


class PairViews:
    """What pairs of a lattice see of the parameters nearby, by distance.

    Args:
        family: the family of the Hamiltonians.
        pairs: the pairs.
        parameters: float64 (n, P) of the training rows.

    Attributes:
        kinds: int64 (F,), all of one kind but the constant.
    """

    def __init__(self, family: Family, pairs: Pairs, parameters: NDArray[np.float64]) -> None:
        self._features, self._pairs = PairFeatures(family, pairs, parameters), pairs
        self.kinds = np.zeros(0, dtype=np.int64)

    def blocks(
        self, given: NDArray[np.float64], distances: Iterable[int]
    ) -> Iterator[NDArray[np.float32]]:
        """Features float32 (R, K_d, F) of rows of parameters float64 (R, P)."""
        parts = [given[k : k + _BLOCK] for k in range(0, len(given), _BLOCK)]
        x = np.concatenate([self._features(part) for part in parts])
        self.kinds = np.append(np.zeros(x.shape[2], dtype=np.int64), 1)
        for d in distances:
            near = x[:, self._pairs.distance == d]
            yield np.concatenate([near, np.ones((*near.shape[:2], 1), np.float32)], axis=2)
