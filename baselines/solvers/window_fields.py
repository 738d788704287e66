"""What exactly solved windows say of pairs, as fields along the chain."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.features import Channels
from baselines.solvers.window_solver import WindowSpace
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.hamiltonian_family import need_hamiltonian

Floats = NDArray[np.float64]
CLOSE = (1, 2, 3)
"""Distances that have a field, besides that of the ends of a window."""
_ROWS = 50  # solved at a time


class WindowFields:
    """Connected correlations ⟨PP⟩ − ⟨P⟩⟨P⟩ of pairs, from the windows around them.

    For each of a few distances d there is a field along the chain: entry i is the value of the
    pair (i, i + d) in the windows in whose middle it lies. Open ends dimerise a chain, and windows
    that start one site apart do so the opposite way: the mean of both is taken, with weights ¼,
    ½, ¼ or ½, ½.

    Args:
        family: of chains that have a Hamiltonian.
        size: N sites.
        parameters: float64 (n, P) of the training rows; their mean window is where solving starts.
        classes: Pauli letters by class (`letter_classes`); values are means over a class.
        length: sites of a window; N if there are fewer. It is taken down by two until the reduced
            space is small enough.
    """

    def __init__(
        self,
        family: Family,
        size: Size,
        parameters: Floats,
        classes: Sequence[Sequence[str]],
        length: int,
    ) -> None:
        self._family, self._size, self._classes = family, size, classes
        rows = need_hamiltonian(family).hamiltonians(size, parameters)
        length, space = min(length, size.sites), None
        while space is None:
            space = WindowSpace.of(rows, length, need_hamiltonian(family).sector(Size(length)))
            length -= 2
        self.space, self.length = space, space.length
        last = self.length - 1
        self.distances = sorted({d for d in CLOSE if d < last} | {last})

    def __call__(self, given: Channels, parameters: Floats) -> list[Channels]:
        """The fields of each class of letters, and what `given` says of a row as a whole."""
        rows = need_hamiltonian(self._family).hamiltonians(self._size, parameters)
        parts = [self._values(rows[at : at + _ROWS]) for at in range(0, len(rows), _ROWS)]
        values = np.concatenate(parts, axis=1)
        out = []
        for of_class in values:
            first = np.cumsum([0, *(self.length - d for d in self.distances)])
            local = tuple(
                self._field(of_class[:, :, a : a + self.length - d], d)
                for a, d in zip(first, self.distances, strict=False)
            )
            whole = [s for x in local for s in (x.mean(axis=1), x.max(axis=1))]
            shared = np.concatenate([given.shared, np.stack(whole, axis=1)], axis=1)
            out.append(Channels(given.n_sites, local, shared))
        return out

    def _values(self, rows: Sequence[Hamiltonian]) -> Floats:
        """Of the pairs of a window, by distance and then by place, (classes, R, S, pairs)."""
        psi = self.space.states(rows)
        pairs = [(a, a + d) for d in self.distances for a in range(self.length - d)]
        left, right = np.array(pairs).T
        flat = psi.reshape(-1, psi.shape[2])
        square = (flat[:, :, None] * flat[:, None]).reshape(len(flat), -1)
        out = []
        for letters in self._classes:
            both = [sum(self.space.string(p + p, pair) for p in letters) for pair in pairs]
            value = square @ np.stack(both).reshape(len(pairs), -1).T
            for p in set(letters) & set("XZ"):  # H is real, so that ⟨Y⟩ = 0
                alone = np.stack([self.space.string(p, (a,)) for a in range(self.length)])
                mean = square @ alone.reshape(self.length, -1).T
                value -= mean[:, left] * mean[:, right]
            out.append(value.reshape(*psi.shape[:2], -1) / len(letters))
        return np.stack(out)

    def _field(self, values: Floats, d: int) -> Floats:
        """Float64 (R, N − d) from the values (R, S, L − d) of the pairs at d in each window."""
        n, last = self._size.sites, values.shape[1] - 1
        out = np.zeros((len(values), n - d))
        for i in range(n - d):
            low, high = max(0, i + d - self.length + 1), min(i, last)
            double = 2 * i + d + 1 - self.length  # of the start that has the pair in the middle
            around = (
                [double - 1, double + 1] if double % 2 else [double - 2, double, double, double + 2]
            )
            for start in around:
                s = int(np.clip(start // 2, low, high))
                out[:, i] += values[:, s, i - s] / len(around)
        return out
