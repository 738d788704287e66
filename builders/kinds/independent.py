"""Rows of solved families once more, by a solver that shares nothing with the first but H.

A build has a sample of its rows solved again: by a closed form where the family has one, by exact
diagonalisation up to 14 sites, by block2 from a random state where Σ Z is conserved, else by our
solver from a product state, which shares its code with the row and not its start, as block2 does
where rows are made with it. Energies of states are upper bounds: a reference whose energy is above
the row's has not found what the row has, and refutes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError, WorkError
from builders.core.names import Size
from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian, Sector
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.physics.label_certificate import DIFFERENCES, UNSETTLED
from builders.physics.parameters import Parameters
from builders.physics.rows import Arrays
from builders.physics.state_labels import PROMISED

if TYPE_CHECKING:
    from builders.solvers.dmrg.batch import Batch


_BOND = 1.5  # of block2, in bonds of the row
_HALF_SWEEPS = 10
_OWN_BOND = 2  # of our solver from a product state
_VARIANCE = 1e-7  # relative, where our solver stops


class Reference(Protocol):
    """What rows are held against."""

    @property
    def energy(self) -> float:
        """⟨H⟩ in the units of H."""

    def correlation(self) -> NDArray[np.float64]:
        """C_ij, float64 (N, N)."""

    def renyi2(self) -> NDArray[np.float64]:
        """Entropies of the pairs (a, a+1), float64 (N−1,), in bit."""


@dataclass(frozen=True, eq=False)
class _Solved:
    batch: "Batch"

    @property
    def energy(self) -> float:
        return float(self.batch.energy[0])

    @cached_property
    def _labels(self) -> dict[str, NDArray[np.float64]]:
        return self.batch.labels()

    def correlation(self) -> NDArray[np.float64]:
        return np.asarray(self._labels["correlation"][0])

    def renyi2(self) -> NDArray[np.float64]:
        return np.asarray(self._labels["renyi2"][0])


def compared(
    family: HamiltonianFamily,
    size: Size,
    parameters: Sequence[Parameters],
    energy: NDArray[np.float64],
    correlation: NDArray[np.float32],
    renyi2: NDArray[np.float32],
    bond: int,
) -> Arrays:
    """Some rows beside a second solution.

    Args:
        family: the family.
        size: its size.
        parameters: checked ones, of R rows.
        energy: float64 (R,), of the rows.
        correlation: float32 (R, N, N).
        renyi2: float32 (R, N−1).
        bond: bond dimension of the rows.

    Returns:
        `UNSETTLED` and `DIFFERENCES`, float64 (R,); all NaN where no solver was to be had.
    """
    found: Arrays = {name: np.full(len(parameters), np.nan) for name in (UNSETTLED, *DIFFERENCES)}
    for k, p in enumerate(parameters):
        other = reference(family, size, p, bond)
        if other is None:
            continue
        off = (
            float(np.abs(other.correlation() - correlation[k]).max(initial=0.0)),
            float(np.abs(other.renyi2() - renyi2[k]).max(initial=0.0)),
        )
        h = family.hamiltonian(size, p)
        above = other.energy > energy[k] + SAME_ENERGY * h.n_sites * h.scale
        differ = any(d > allowed for d, allowed in zip(off, PROMISED, strict=True))
        found[UNSETTLED][k] = float(above and differ)
        if not (above and differ):
            for name, value in zip(DIFFERENCES, off, strict=True):
                found[name][k] = value
    return found


def reference(
    family: HamiltonianFamily, size: Size, parameters: Parameters, bond: int
) -> Reference | None:
    """The lowest state of the row's sectors; None where none is had.

    Up to 14 sites of all sectors of the family, which tells rows of a sector that was left out.
    """
    h, sectors = family.hamiltonian(size, parameters), family.row_sectors(size, parameters)
    same = SAME_ENERGY * h.n_sites * h.scale
    try:
        if type(family).exact_state is not HamiltonianFamily.exact_state:
            exact = [family.exact_state(size, parameters, sector) for sector in sectors]
            known = [state for state in exact if state is not None]
            least = min((state.energy for state in known), default=np.inf)
            return next((state for state in known if state.energy <= least + same), None)
        from builders.solvers.exact.diagonalization import MAX_SITES, exact_ground_state

        if size.sites <= MAX_SITES:
            return exact_ground_state(h, family.sectors(size))
        return _Solved(_solved(family, size, parameters, h, sectors, bond, same))
    except (RequestError, WorkError):  # degenerate, block2 is not there, or it did not converge
        return None


def _solved(
    family: HamiltonianFamily,
    size: Size,
    parameters: Parameters,
    h: Hamiltonian,
    sectors: Sequence[Sector],
    bond: int,
    same: float,
) -> "Batch":
    from builders.solvers.block2.solver import Precision, kept_bond, solve_block2
    from builders.solvers.dmrg.batch import lowest
    from builders.solvers.dmrg.cold import solve_cold
    from builders.solvers.dmrg.solver import with_mirror_parity

    if sectors[0].kind == "magnetization":
        spin = family.total_spin(size, parameters)
        if family.solver_settings(size).multiplets:  # those that its bond counts
            spin = abs(sectors[0].value)
        else:
            bond = kept_bond(bond, spin)
        runs = [
            solve_block2(
                [h],
                sector,
                bond=int(_BOND * bond),
                half_sweeps=_HALF_SWEEPS,
                precision=Precision(cutoff=1e-10, threshold=1e-9, steps=8),
                spin=spin,
            )
            for sector in sectors
        ]
    else:
        runs = [
            solve_cold(h, sector, tolerance=_VARIANCE, max_bond=_OWN_BOND * bond)
            for sector in sectors
        ]
    return with_mirror_parity(family, size, lowest(runs, same), [h])
