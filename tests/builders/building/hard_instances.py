"""Random Hamiltonians that lead solvers astray, and their lowest states by independent code.

H is a sum of Kronecker products of 2 × 2 matrices, each with one value in every column, X and Z
exchanged where the symmetry is one of products of X: no code of the solvers is used. C and the
entropies do not change by that.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import eigsh

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian, Sector

FAMILIES = (
    *("heisenberg_1d", "xxz_1d", "tfim_1d", "heisenberg_2d", "random_field_heisenberg_1d"),
    *("xy_1d", "cluster_ising_1d", "rydberg_1d", "bond_alternating_xxz_1d"),
)
LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0.0, 1.0], [1.0, 0.0]]),
    "Y": np.array([[0.0, -1.0j], [1.0j, 0.0]]),
    "Z": np.array([[1.0, 0.0], [0.0, -1.0]]),
}
_PAIR = sum(np.kron(LETTERS[p], LETTERS[p]).real for p in "XYZ")


@dataclass(frozen=True)
class Instance:
    """What `solve` is given."""

    family: str
    size: Size
    parameters: dict[str, Any]


def instance(number: int, largest: int = 14) -> Instance:
    """One of the random instances; every family and every kind of trouble comes up."""
    rng = np.random.default_rng([number, 77])
    name = FAMILIES[number % len(FAMILIES)]
    family = families.solvable(name)
    if name == "heisenberg_2d":
        shapes = [s for s in ("2x3", "3x3", "2x5", "3x4", "2x7") if Size.parse(s).sites <= largest]
        size = Size.parse(str(rng.choice(shapes)))
    else:
        size = Size(int(rng.integers(4, largest + 1)))
    while True:
        given = {k: np.array(v) for k, v in family.draw(size, rng).items()}
        for key, value in given.items():
            if value.size > 1 or name in ("cluster_ising_1d", "xy_1d"):
                given[key] = _troubled(key, value, rng, positive=name.startswith(("xxz", "bond")))
        try:
            family.check(size, given)
        except RequestError:
            continue
        return Instance(name, size, given)


def _troubled(key: str, value: Any, rng: np.random.Generator, positive: bool) -> Any:
    """Values of the same shape: weak links, zeros, other signs, zigzags, or as they are."""
    kind = rng.integers(6)
    spread = 10.0 ** rng.uniform(-5.0, 0.0, value.shape)
    if value.ndim == 2:
        n = len(value)
        if kind == 1:
            j1, j2 = rng.uniform(-1.2, -0.5), rng.uniform(0.2, 0.6)
            return sum(j * (np.eye(n, k=k) + np.eye(n, k=-k)) for j, k in ((j1, 1), (j2, 2)))
        if kind == 5:
            return np.eye(n, k=1) + np.eye(n, k=-1) + np.eye(n, k=n - 1) + np.eye(n, k=1 - n)
        upper = np.triu(np.eye(n, k=1) * spread if kind == 0 else rng.standard_normal((n, n)), 1)
        upper = {2: upper, 3: -np.abs(upper), 4: upper * (rng.random((n, n)) < 0.3)}.get(
            int(kind), upper if kind == 0 else np.triu(value, 1)
        )
        return upper + upper.T
    if kind == 0:
        return spread
    if kind == 1:
        return np.where(rng.random(value.shape) < 0.3, 1e-3, 1.0)
    if kind == 2 and not (positive and key in ("J", "J_prime")):
        return rng.standard_normal(value.shape)
    if kind == 3 and not (positive and key in ("J", "J_prime")):
        return -np.abs(value) * rng.uniform(0.5, 2.0)
    if kind == 4 and not positive:
        return np.where(rng.random(value.shape) < 0.2, 0.0, value)
    return value


@dataclass(frozen=True)
class Reference:
    """The lowest state of one sector."""

    energy: float
    gap: float
    correlation: Any
    renyi2: Any


class Oracle:
    """All sectors of one Hamiltonian."""

    def __init__(self, h: Hamiltonian, kind: str) -> None:
        self.h, self.kind, self.n = h, kind, h.n_sites
        turned = kind in ("parity", "sublattice_parity")
        names = {"X": "Z", "Z": "X", "Y": "Y"} if turned else {p: p for p in "XYZ"}
        names["I"] = "I"
        index = np.arange(2**self.n)
        columns: dict[int, Any] = {}  # mask of turned sites → ⟨index ^ mask| H |index⟩
        for term in h.terms:
            for sites, c in zip(term.sites, term.coefficients, strict=True):
                letters = {int(i): names[p] for i, p in zip(sites, term.paulis, strict=True)}
                mask = sum(2 ** (self.n - 1 - i) for i, p in letters.items() if p in "XY")
                columns[mask] = columns.get(mask, 0.0) + c * self._phases(letters)
        assert all(abs(column.imag).max() < 1e-12 * h.scale for column in columns.values())
        rows = [index ^ mask for mask in columns]
        values = np.concatenate([column.real for column in columns.values()])
        places = (np.concatenate(rows), np.tile(index, len(rows)))
        self.matrix = sparse.csr_array((values, places), shape=(2**self.n, 2**self.n))
        self.matrix.eliminate_zeros()

    def _phases(self, letters: dict[int, str]) -> Any:
        """What a product of letters multiplies each basis state by, complex (2^N,)."""
        out = np.ones(1)
        for i in range(self.n):
            out = np.kron(out, LETTERS[letters[i]].sum(axis=0) if i in letters else np.ones(2))
        return out

    def states(self, sector: Sector) -> Any:
        """Numbers of the basis states of a sector."""
        bits = (np.arange(2**self.n)[:, None] >> np.arange(self.n)[::-1]) & 1
        z = 1 - 2 * bits
        if self.kind == "magnetization":
            return np.flatnonzero(z.sum(axis=1) == sector.value)
        if self.kind == "sublattice_parity":
            even, odd = z[:, ::2].prod(axis=1), z[:, 1::2].prod(axis=1)
            return np.flatnonzero((even == sector.value) & (odd == sector.odd))
        if self.kind == "none":
            return np.arange(2**self.n)
        return np.flatnonzero(z.prod(axis=1) == sector.value)

    def levels(self, sector: Sector, count: int = 2) -> tuple[Any, Any]:
        """The lowest levels of a sector and their states."""
        states = self.states(sector)
        inside = self.matrix[states][:, states]
        if len(states) <= 1000:
            values, vectors = np.linalg.eigh(inside.toarray())
            return values[:count], vectors[:, :count]
        start = np.random.default_rng(1).standard_normal(len(states))
        values, vectors = eigsh(inside, k=count, which="SA", ncv=60, v0=start)
        order = np.argsort(values)
        return values[order], vectors[:, order]

    def lowest(self, sectors: tuple[Sector, ...]) -> float:
        """The lowest energy of some sectors."""
        return min(float(self.levels(s, 1)[0][0]) for s in sectors)

    def reference(self, sector: Sector) -> Reference:
        """The lowest state of a sector with its labels."""
        values, vectors = self.levels(sector)
        psi = np.zeros(2**self.n)
        psi[self.states(sector)] = vectors[:, 0]
        c, entropies = np.eye(self.n), []
        for i in range(self.n):
            for j in range(i + 1, self.n):
                sides = psi.reshape(2**i, 2, 2 ** (j - i - 1), 2, -1)
                pair = np.moveaxis(sides, (1, 3), (0, 1)).reshape(4, -1)
                rho = pair @ pair.T
                c[i, j] = c[j, i] = np.trace(rho @ _PAIR) / 3.0
                if j == i + 1:
                    entropies.append(-np.log2((rho**2).sum()))
        gap = float(values[1] - values[0]) if len(values) > 1 else np.inf
        return Reference(float(values[0]), gap, c, np.array(entropies))


def same(h: Hamiltonian) -> float:
    """Energies closer than this are those of one level."""
    return SAME_ENERGY * h.n_sites * h.scale
