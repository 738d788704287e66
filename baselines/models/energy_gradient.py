"""Correlations of coupled pairs as the derivatives of a learnt energy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.geometry import support
from baselines.inputs.pair_windows import PairWindow, pair_windows
from baselines.inputs.pairs import Pairs
from baselines.inputs.pauli_sums import LETTERS, pair_residuals
from baselines.linear.energy_process import Data, EnergyProcess
from baselines.models import ridge_pairs
from builders.physics.family import Family
from builders.physics.hamiltonian_family import need_hamiltonian
from builders.shadows.estimators import shadow_correlation

RADIUS = 3
"""Steps from a pair to the far end of a parameter that its energy depends on."""
ROUNDS = 3
"""Fits: the first chooses the kernel, and each makes the estimates less noisy for the next."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Model(Baseline):
    """C_ij = (∂E/∂J_ij)/(3 g), where H holds g J_ij (XX + YY + ZZ)_ij (Hellmann and Feynman).

    E is a sum of one function of the couplings around each neighbouring pair, a Gaussian process
    (`EnergyProcess`) that is learnt from the shots which measured both sites of a pair in one
    basis. Their noise is known, 3 (1 − C²)/M, so that the evidence chooses everything. Pairs that
    are not coupled, tasks other than correlations and families without such terms have the
    answers of `ridge_pairs`.

    Args:
        seed: of nothing; the model is deterministic.
    """

    title = "Gradient of a learnt energy"
    records = ("pauli_tokens",)
    uses_labels = False
    needs_hamiltonian = True
    needs_pairs = True

    def _fit(self, cell: Cell) -> None:
        self._rest = ridge_pairs.Model().fit(cell)
        self.n_parameters = self._rest.n_parameters
        self._process: EnergyProcess | None = None
        self._pairs = Pairs.of(cell.task, cell.config)
        is_correlation = cell.regression.shadow is shadow_correlation
        self._bonds = _bonds(cell.family, self._pairs) if is_correlation else None
        if self._bonds is None or cell.n < 2:
            return
        window = pair_windows(cell.family, self._pairs, radius=RADIUS, farthest=1)[0]
        spread = _spread(window, cell.parameters)
        if np.isfinite(spread).any():
            self._learn(cell, window, spread)

    def _learn(self, cell: Cell, window: PairWindow, spread: Floats) -> None:
        assert self._bonds is not None
        bonds = self._bonds
        sites = self._pairs.sites[bonds.pair]
        first = self._pairs.read(self._rest.predict(cell.train).astype(np.float64))
        expected, chosen = first[:, bonds.pair], None
        for _ in range(ROUNDS if cell.exact is None else 2):
            expected = expected.clip(-1.0, 1.0 / 3.0)
            if cell.exact is None:
                values = expected + _residuals(cell.shots, expected, sites)
                precision = cell.shots.shape[1] / (3.0 * (1.0 - expected**2).clip(0.05))
            else:
                values = self._pairs.read(cell.exact)[:, bonds.pair]
                precision = np.ones_like(values)
            self._base = _by_distance(values, self._pairs.distance[bonds.pair])
            data = Data(
                cell.parameters,
                bonds.entry,
                bonds.slope * (values - self._base),
                precision / bonds.slope**2,
                cell.exact is None,
            )
            self._process = EnergyProcess.fit(window, data, spread, chosen)
            if self._process is None:
                return
            chosen = self._process.chosen
            expected = self._coupled(cell.parameters)
        assert self._process is not None
        self.n_parameters += self._process.weights.size

    def _coupled(self, parameters: Floats) -> Floats:
        assert self._process is not None
        assert self._bonds is not None
        return np.asarray(
            self._base + self._process(parameters, self._bonds.entry) / self._bonds.slope
        )

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = self._rest.predict(rows)
        if self._process is None or self._bonds is None or not len(rows):
            return out
        values = self._pairs.read(out.astype(np.float64))
        values[:, self._bonds.pair] = self._coupled(rows.parameters).clip(-1.0, 1.0 / 3.0)
        return self._pairs.write(values)


@dataclass(frozen=True)
class Bonds:
    """Coupled pairs.

    Attributes:
        entry: int64 (E,), the coupling's entry in the flat parameter vector.
        pair: int64 (E,), number of the pair.
        slope: float64 (E,), 3 g: ∂E/∂J = 3 g C.
    """

    entry: Ints
    pair: Ints
    slope: Floats


def _bonds(family: Family, pairs: Pairs) -> Bonds | None:
    """Pairs that are coupled isotropically by one parameter each; None where there are none."""
    if not pairs.is_matrix:
        return None
    near = np.unique(pair_windows(family, pairs, radius=RADIUS, farthest=1)[0].entry)
    terms = support(family, pairs.size)
    number = {tuple(ends): k for k, ends in enumerate(pairs.sites.tolist())}
    rows = []
    for kind in np.unique(terms.kind):
        here = terms.kind == kind
        slopes = [_slopes(family, pairs, terms.entry[here], start) for start in (1.0, 2.0)]
        sites = np.sort(terms.sites[here], axis=1).tolist()
        for entry, ends in zip(terms.entry[here].tolist(), sites, strict=True):
            strings = {s.get((2 * letter, *ends), 0.0) for letter in LETTERS for s in slopes}
            if entry in near and max(strings) - min(strings) < 1e-9 * abs(max(strings)):
                rows.append((entry, number[tuple(ends)], 3.0 * max(strings)))
    if not rows:
        return None
    entry, pair, slope = zip(*sorted(rows), strict=True)
    return Bonds(np.array(entry), np.array(pair), np.array(slope))


def _slopes(
    family: Family, pairs: Pairs, entries: Ints, start: float
) -> dict[tuple[str, int, int], float]:
    """String of two letters and its sites → what it grows by if these entries grow by 1.

    All entries are different at the start, so that what is isotropic is so at any values.
    """
    flat = np.linspace(start, start + 1.0, family.flat_length(pairs.size))
    raised = flat.copy()
    raised[entries] += 1.0
    out: dict[tuple[str, int, int], float] = {}
    for sign, parameters in ((1.0, raised), (-1.0, flat)):
        H = need_hamiltonian(family).hamiltonian(
            pairs.size, family.unflatten(pairs.size, parameters)
        )
        for term in H.terms:
            if len(term.paulis) == 2:
                for (u, v), c in zip(term.sites.tolist(), term.coefficients.tolist(), strict=True):
                    key = (term.paulis, u, v)
                    out[key] = out.get(key, 0.0) + sign * c
    return out


def _spread(window: PairWindow, parameters: Floats) -> Floats:
    """Spread of each coordinate, that of all parameters of its kind; infinite where none."""
    values = window.values(parameters)
    out = np.full(len(window.kind), np.inf)
    for kind in np.unique(window.kind):
        here = (window.entry >= 0) & (window.kind == kind)
        part = values[:, here]
        if part.std() > 1e-9 * np.abs(part).max(initial=0.0):
            out[window.kind == kind] = part.std()
    return out


def _by_distance(values: Floats, distance: Ints) -> Floats:
    count = np.bincount(distance).clip(1)
    return np.asarray((np.bincount(distance, values.mean(axis=0)) / count)[distance])


def _residuals(shots: NDArray[np.uint8], expected: Floats, sites: Ints) -> Floats:
    """Estimates of C − expected: 3/M · Σ over shots with equal bases of (s_i s_j − expected)."""
    none = np.zeros((2, len(shots), shots.shape[2]))
    parts = [pair_residuals(shots, p + p, none, expected, sites) for p in LETTERS]
    return np.asarray(sum(parts) / len(parts))
