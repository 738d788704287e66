"""A Hamiltonian as a sum of Pauli strings, and the symmetry sector of its ground state."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class PauliTerms:
    """Strings of one shape: Σ_k coefficients[k] · Π_m paulis[m] on site sites[k, m].

    Attributes:
        paulis: letters X, Y, Z; an even number of Y, so that H is real. Or "I": constants, whose
            sites matter to nothing.
        sites: int64 (K, len(paulis)), increasing along each row.
        coefficients: float64 (K,), in the units of H.
    """

    paulis: str
    sites: NDArray[np.int64]
    coefficients: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.paulis != "I" and (not self.paulis or set(self.paulis) - set("XYZ")):
            raise ValueError(f"{self.paulis=}: letters are X, Y and Z, or I alone")
        if self.paulis.count("Y") % 2:
            raise ValueError(f"{self.paulis=}: an odd number of Y makes H complex")
        sites = np.asarray(self.sites, dtype=np.int64).reshape(-1, len(self.paulis))
        coefficients = np.asarray(self.coefficients, dtype=np.float64).reshape(-1)
        if len(sites) != len(coefficients):
            raise ValueError(f"{len(sites)=} differs from {len(coefficients)=}")
        if (np.diff(sites, axis=1) <= 0).any():
            raise ValueError(f"sites of {self.paulis} must increase along each row")
        object.__setattr__(self, "sites", sites)
        object.__setattr__(self, "coefficients", coefficients)


@dataclass(frozen=True)
class Hamiltonian:
    """H = Σ of all strings in `terms`, on `n_sites` qubits, sites counted from 0.

    Attributes:
        n_sites: N.
        terms: the strings.
        unit: energy in which solvers judge, by default the largest |coefficient|. A family whose
            largest coefficients only forbid states (a blockade) names a smaller one.
    """

    n_sites: int
    terms: tuple[PauliTerms, ...]
    unit: float | None = None

    def __post_init__(self) -> None:
        if self.unit is not None and not 0.0 < self.unit < np.inf:
            raise ValueError(f"{self.unit=} must be positive and finite")
        for term in self.terms:
            if term.sites.size and (term.sites.min() < 0 or term.sites.max() >= self.n_sites):
                raise ValueError(f"{term.paulis}: a site lies outside 0..{self.n_sites - 1}")

    @property
    def scale(self) -> float:
        """The unit in which solvers work: `unit`, or else the largest |coefficient|."""
        if self.unit is not None:
            return self.unit
        sizes = [np.abs(t.coefficients).max() for t in self.terms if t.coefficients.size]
        return float(max(sizes, default=0.0))

    def normalised(self) -> "Hamiltonian":
        """H divided by its scale; safe for scales near the ends of the float range."""
        # Two steps, because 1 / scale overflows for denormal scales.
        exponent = int(np.frexp(self.scale)[1])
        terms = []
        for t in self.terms:
            near = np.ldexp(t.coefficients, -exponent)
            terms.append(PauliTerms(t.paulis, t.sites, near / np.ldexp(self.scale, -exponent)))
        return Hamiltonian(self.n_sites, tuple(terms), None if self.unit is None else 1.0)

    def parts(self) -> NDArray[np.int64]:
        """int64 (N,), one number a site: equal where strings join sites, through others or not."""
        # Imported here because listing families must not load scipy.
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        strings = [t.sites[t.coefficients != 0] for t in self.terms if len(t.paulis) > 1]
        left = np.concatenate([sites[:, :-1].ravel() for sites in strings])
        right = np.concatenate([sites[:, 1:].ravel() for sites in strings])
        graph = coo_array((np.ones(len(left)), (left, right)), shape=(self.n_sites,) * 2)
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)

    def scaled(self, factor: float) -> "Hamiltonian":
        """`factor` · H."""
        return Hamiltonian(
            self.n_sites,
            tuple(PauliTerms(t.paulis, t.sites, factor * t.coefficients) for t in self.terms),
            None if self.unit is None else abs(factor) * self.unit,
        )


SAME_ENERGY = 1e-9
"""Energies of two sectors that are closer, in units of N · (energy unit), are the same."""

CLOSED_FORM = 1e-7
"""Relative difference to a closed form that two correct double-precision solvers stay below."""


@dataclass(frozen=True)
class Sector:
    """The symmetry sector of the ground state.

    `magnetization`: Σ_i Z_i = value. `parity`: Π_i X_i = value (±1). `parity_z`: Π_i Z_i = value
    (±1). `sublattice_parity`: Π X_i = value over the even sites (0, 2, …) and `odd` over the odd
    ones. `spin`: twice the total spin = value, and one of its states; for isotropic H. `none`: the
    whole space. `parity_z` with the value 0, and `sublattice_parity` with `odd` 0, are open: the
    sign of the lower energy.

    Attributes:
        kind: the symmetry.
        value: its value.
        odd: the second one of `sublattice_parity`, by default the same as the first.
    """

    kind: Literal["magnetization", "parity", "parity_z", "sublattice_parity", "spin", "none"]
    value: int = 0
    odd: int | None = None

    def __post_init__(self) -> None:
        if self.kind == "sublattice_parity":
            object.__setattr__(self, "odd", self.value if self.odd is None else self.odd)
        if (self.odd is None) != (self.kind != "sublattice_parity"):
            raise ValueError(f"{self.odd=}: only a sublattice parity has two values")
        open_ = self.kind == "parity_z" and self.value == 0
        if "parity" in self.kind and self.value not in (-1, 1) and not open_:
            raise ValueError(f"{self.value=}: a parity is +1 or -1")
        if self.odd not in (-1, 0, 1, None):
            raise ValueError(f"{self.odd=}: a parity is +1 or -1")

    @property
    def is_polarized(self) -> bool:
        """Whether Σ Z is conserved and not 0, which sets Z apart from X and Y."""
        return self.kind == "magnetization" and self.value != 0

    def choices(self) -> "tuple[Sector, ...]":
        """The definite sectors that a solver has to try; the first one of `SAME_ENERGY` is kept."""
        if self.kind == "parity_z" and self.value == 0:
            return Sector("parity_z", 1), Sector("parity_z", -1)
        if self.odd == 0:
            return Sector(self.kind, self.value, 1), Sector(self.kind, self.value, -1)
        return (self,)

    def __str__(self) -> str:
        if len(self.choices()) > 1:
            return " or ".join(map(str, self.choices()))
        return {
            "magnetization": f"sum Z = {self.value}",
            "parity": f"prod X = {self.value:+d}",
            "parity_z": f"prod Z = {self.value:+d}",
            "sublattice_parity": (
                f"prod X = {self.value:+d} on sites 0, 2, ... and {self.odd or 0:+d} on 1, 3, ..."
            ),
            "spin": f"total spin {self.value}/2",
            "none": "all states",
        }[self.kind]


def chain_bonds(n_sites: int) -> NDArray[np.int64]:
    """Neighbouring pairs (i, i+1) of an open chain, int64 (n_sites − 1, 2)."""
    left = np.arange(n_sites - 1)
    return np.stack([left, left + 1], axis=1)


def isotropic(sites: ArrayLike, coefficients: ArrayLike) -> Iterable[PauliTerms]:
    """XX + YY + ZZ on the given pairs with one coefficient a pair."""
    pairs = np.asarray(sites, dtype=np.int64)
    values = np.asarray(coefficients, dtype=np.float64)
    return tuple(PauliTerms(p, pairs, values) for p in ("XX", "YY", "ZZ"))
