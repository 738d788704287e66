"""Entanglement of a data set: the labelled sum of product states, by Gram matrices.

Every instance m is a product state ⊗_i φ(x_{m,i}), the data set is D = Σ_m y_m ⊗_i φ(x_{m,i}), and
its entanglement across a partition is the entropy of its normalised squared singular values as a
matrix of one part against the other: Alexander, De La Vega, Razin, Cohen, NeurIPS 2023
(arXiv 2303.11249). With A and B the Gram
matrices of the instances on the two parts and Y = diag(y), the squared singular values are the
eigenvalues of √A Y B Y √A, n × n and nothing of the size of D.

D loses digits where its terms cancel. Let f be ‖D‖² over n Σ y_m² of unit vectors φ: 1 where all
instances agree, 1/n where they are orthogonal. An entropy is off by about n · 10⁻¹⁴ / f bit at
most, and f below 10⁻⁶ is refused.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from baselines.tensor_networks.partition import checked_part, scales
from builders.core.errors import RequestError

Floats = NDArray[np.float64]

LARGEST = 4096
"""Instances at most: a Gram matrix of 128 MiB."""

_CANCELLED = 1e-6


def angle_features(values: Floats, angle: float = 0.085) -> Floats:
    """(cos πθx, sin πθx) of numbers x, float64 (…, 2); θ = 0.085 is that of the authors' code."""
    turned = np.pi * angle * np.asarray(values, dtype=np.float64)
    return np.stack([np.cos(turned), np.sin(turned)], axis=-1)


class DataTensor:
    """D of n instances, ready for entropies across partitions.

    Args:
        features: float64 (n, N, M), φ of every site of every instance.
        labels: y, float64 (n,).

    Raises:
        RequestError: other shapes, numbers that are not finite, a vector φ or labels of zeros,
            more instances than `LARGEST`, fewer than two sites.
    """

    def __init__(self, features: Floats, labels: Floats) -> None:
        given = np.asarray(features, dtype=np.float64)
        y = np.asarray(labels, dtype=np.float64)
        if given.ndim != 3 or y.shape != given.shape[:1] or given.shape[1] < 2 or not len(y):
            raise RequestError(
                f"features of shape {given.shape} and labels of shape {y.shape}; (n, N, M) and "
                "(n,) are meant, with at least one instance and two sites."
            )
        if len(y) > LARGEST:
            raise RequestError(f"{len(y)} instances; at most {LARGEST}. Take a part of them.")
        norms = np.linalg.norm(given, axis=2)
        if not (np.isfinite(given).all() and np.isfinite(y).all() and norms.all() and y.any()):
            raise RequestError(
                "features and labels must be finite, no φ may be 0, and some label must not be 0."
            )
        # The norms of the instances, whose products may be past float64, go into the labels.
        size = np.full(len(y), -np.inf)
        np.log(np.abs(y), where=y != 0.0, out=size)
        size += np.log(norms).sum(axis=1)
        self._labels: Floats = np.sign(y) * np.exp(size - size.max())
        self._features: Floats = given / norms[:, :, None]

    @property
    def sites(self) -> int:
        """N."""
        return int(self._features.shape[1])

    def weights(self, part: Iterable[int]) -> Floats:
        """Normalised squared singular values across (`part`, others), descending, (n,).

        Raises:
            RequestError: no partition, or a sum whose terms cancel.
        """
        chosen = sorted(checked_part(self.sites, part))
        others = [i for i in range(self.sites) if i not in set(chosen)]
        return self._weights(self._gram(chosen), self._gram(others))

    def canonical(self, window: int) -> tuple[tuple[Floats, ...], ...]:
        """Weights of the canonical partitions: scale l → block of window^l sites → weights."""
        found: list[list[Floats]] = [[] for _ in scales(self.sites, window)]
        for scale, inside, outside in self._walk(window):
            found[scale].append(self._weights(inside, outside))
        return tuple(tuple(blocks) for blocks in found)

    def _walk(self, window: int) -> Iterator[tuple[int, Floats, Floats]]:
        """Scale and Gram matrices of every block and of its complement, blocks from the left."""
        top = len(scales(self.sites, window))

        def below(
            block: range, scale: int, outside: Floats
        ) -> Iterator[tuple[int, Floats, Floats]]:
            size = window**scale
            parts = [
                range(a, min(a + size, block.stop)) for a in range(block.start, block.stop, size)
            ]
            grams = [self._gram(part) for part in parts]
            for k, part in enumerate(parts):
                rest = outside.copy()
                for other in (*grams[:k], *grams[k + 1 :]):
                    rest *= other
                yield scale, grams[k], rest
                if scale:
                    yield from below(part, scale - 1, rest)

        n = len(self._labels)
        yield from below(range(self.sites), top - 1, np.ones((n, n)))

    def _gram(self, part: Iterable[int]) -> Floats:
        n = len(self._labels)
        gram = np.ones((n, n))
        for i in part:
            gram *= self._features[:, i] @ self._features[:, i].T
        return gram

    def _weights(self, first: Floats, second: Floats) -> Floats:
        norm = float(self._labels @ (first * second) @ self._labels)
        whole = len(self._labels) * float(self._labels @ self._labels)
        if norm < _CANCELLED * whole:
            raise RequestError(
                f"the labelled sum of {len(self._labels)} instances cancels: its squared norm is "
                f"{norm / whole:.1e} of what instances that agree would have, and {_CANCELLED:.0e} "
                "are needed. Take features that tell instances better apart, or fewer instances."
            )
        root = _root(first)
        middle = (root.T * self._labels) @ second @ (self._labels[:, None] * root)
        values = np.clip(np.linalg.eigvalsh(middle)[::-1], 0.0, None)
        share: Floats = values / values.sum()
        return share


def _root(gram: Floats) -> Floats:
    """A matrix R with R Rᵀ = the Gram matrix."""
    values, vectors = np.linalg.eigh(gram)
    root: Floats = vectors * np.sqrt(np.clip(values, 0.0, None))
    return root
