"""The ground state of one Hamiltonian given from outside, with its labels and shots."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError, WorkError, unknown
from builders.core.names import Size
from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian, Sector
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.physics.label_error import UNKNOWN, LabelError
from builders.physics.phase import PauliString, Phase
from builders.physics.sectors import asked_sectors, distinct_sectors, is_isotropic
from builders.physics.v_score import v_score_of

if TYPE_CHECKING:
    from builders.solvers.dmrg.batch import Batch
    from builders.solvers.exact.state_vector import StateVector

Solver = Literal["auto", "exact", "dmrg"]
EXACT_UP_TO = 14
"""`auto` takes exact diagonalisation up to this size, all that it can take."""

# (N · coefficient)² of 1024 sites is finite up to about 1e151.
_LARGEST = 1e150


class GroundState(Protocol):
    """A ground state: energies as numbers, labels and shots on request."""

    @property
    def energy(self) -> float:
        """⟨H⟩ in the units of H."""

    @property
    def energy_variance(self) -> float:
        """⟨H²⟩ − ⟨H⟩² in the units of H²: zero for an eigenstate."""

    @property
    def sector(self) -> Sector | None:
        """The sector that the state is in; None where nobody said so."""

    @property
    def label_error(self) -> LabelError:
        """Largest errors expected of `correlation` and `renyi2`."""

    def correlation(self) -> NDArray[np.float64]:
        """C_ij = ⟨X_iX_j + Y_iY_j + Z_iZ_j⟩/3, (N, N), C_ii = 1."""

    def renyi2(self) -> NDArray[np.float64]:
        """Rényi-2 entropy in bits of the neighbours (a, a+1), (N−1,)."""

    def renyi2_blocks(self) -> NDArray[np.float64]:
        """Rényi-2 entropy in bits of the left block at each cut, (N−1,)."""

    def expectations(self, strings: Sequence[PauliString]) -> NDArray[np.float64]:
        """Expectation values of Pauli strings, (S,)."""

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Random-Pauli shots, (n_shots, N), tokens 2·basis + bit."""


@dataclass(frozen=True, eq=False)
class MatrixProductGroundState:
    """A `GroundState` held as a batch of one matrix product state."""

    batch: "Batch"
    label_error: LabelError = UNKNOWN

    @property
    def sector(self) -> Sector:
        """The sector that the state is in."""
        return self.batch.groups[0][1].qubit.sector

    @property
    def energy(self) -> float:
        """⟨H⟩ in the units of H."""
        return float(self.batch.energy[0])

    @property
    def energy_variance(self) -> float:
        """⟨H²⟩ − ⟨H⟩² in the units of H²."""
        return float(self.batch.energy_variance[0])

    @cached_property
    def labels(self) -> dict[str, NDArray[np.float64]]:
        """All array labels, with a leading axis of length 1."""
        return self.batch.labels()

    def correlation(self) -> NDArray[np.float64]:
        """See `GroundState.correlation`."""
        row: NDArray[np.float64] = self.labels["correlation"][0]
        return row

    def renyi2(self) -> NDArray[np.float64]:
        """See `GroundState.renyi2`."""
        row: NDArray[np.float64] = self.labels["renyi2"][0]
        return row

    def renyi2_blocks(self) -> NDArray[np.float64]:
        """See `GroundState.renyi2_blocks`."""
        row: NDArray[np.float64] = self.labels["renyi2_blocks"][0]
        return row

    def expectations(self, strings: Sequence[PauliString]) -> NDArray[np.float64]:
        """See `GroundState.expectations`."""
        from builders.solvers.dmrg.strings import expectations

        row: NDArray[np.float64] = expectations(self.batch, strings)[0]
        return row

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """See `GroundState.sample`."""
        shots: NDArray[np.uint8] = self.batch.sample(n_shots, [rng])[0]
        return shots


def solve(
    family: str,
    size: Size | int | str,
    parameters: Mapping[str, Any],
    *,
    solver: Solver = "auto",
    sector: Sector | int | str | None = None,
    bond: int | None = None,
    say: Callable[[str], None] | None = None,
) -> GroundState:
    """Ground state of one Hamiltonian of `family`.

    Args:
        family: a family's name, or the path of a file with one of yours.
        size: number of sites, or `5x5`.
        parameters: name → number or nested lists, with the family's names and shapes.
        solver: `exact` (N ≤ 14), `dmrg`, or `auto`: exact where it can.
        sector: the sector whose lowest state is meant: a magnetization, a parity, `+1,-1` for the
            parities of two sublattices, or `stated` for the one that the family states. By default
            the lowest of all; of sectors whose energies agree within `SAME_ENERGY` the first of
            `builders.physics.sectors.sectors_of`, which is the stated one.
        bond: bond dimension of DMRG at most; by default the family's `max_bond`.
        say: is told, a line at a time, which sector DMRG is in and how far.

    Raises:
        RequestError: unknown family or solver, a size or parameters that the family refuses, a
            sector that it has not, a bond past memory, a family without a Hamiltonian, a
            Hamiltonian without a unique ground state in its sector.
        WorkError: the solver did not converge, disagrees with the family's closed form or with
            block2, which is asked where it is installed, or cannot vouch for the labels.

    >>> import numpy as np
    >>> import qslbench
    >>> state = qslbench.solve("tfim_1d", 4, {"J": [1, 0.5, 1], "h": [1, 1, 1, 1]})
    >>> round(state.energy, 6), state.correlation().shape, state.renyi2().shape
    (-4.548519, (4, 4), (3,))
    >>> state.sample(5, np.random.default_rng(0)).shape
    (5, 4)
    """
    if solver not in get_args(Solver):
        raise unknown("solver", solver, get_args(Solver))
    name = families.named(family)
    with families.at_work(name):
        return _solved(name, size, parameters, solver, sector, bond, say)


def _solved(
    family: str,
    size: Size | int | str,
    parameters: Mapping[str, Any],
    solver: Solver,
    sector: Sector | int | str | None,
    bond: int | None,
    say: Callable[[str], None] | None,
) -> GroundState:
    spec = families.solvable(family)
    shape = size if isinstance(size, Size) else spec.geometry.parse(size)
    checked = spec.check(shape, parameters)
    sectors = asked_sectors(family, spec.sector(shape), shape.sites, sector)
    hamiltonian = spec.hamiltonian(shape, checked)
    if hamiltonian.scale == 0.0:
        raise RequestError(
            f"all coefficients of this {family} are zero: every state is a ground state. "
            "Give at least one coupling or field that is not zero."
        )
    _refuse_overflow(spec, hamiltonian)
    sectors = distinct_sectors(hamiltonian, sectors)
    if len(sectors) == 1:
        _refuse_free_spins(spec, hamiltonian, sectors[0])
    if solver == "exact" or (solver == "auto" and shape.sites <= EXACT_UP_TO):
        from builders.solvers.exact.diagonalization import exact_ground_state

        state = exact_ground_state(hamiltonian, sectors)
        _refuse_unknown_labels(spec, state)
        return state
    from builders.solvers.dmrg.one_state import certified, vouched
    from builders.solvers.dmrg.vouched import silent

    if type(spec).exact_state is not HamiltonianFamily.exact_state:
        batch, error = certified(spec, shape, checked, hamiltonian, sectors, bond, say or silent)
    else:
        batch, error = vouched(spec, shape, checked, hamiltonian, sectors, bond, say or silent)
        _refuse_lower(hamiltonian, batch)
    return MatrixProductGroundState(batch, error)


def phase_of(
    family: str, size: Size, parameters: Mapping[str, Any], state: GroundState
) -> Phase | None:
    """The phase of a ground state that `solve` gave for the same arguments.

    Returns:
        None where the family names no phases.
    """
    spec = families.solvable(family)
    if not spec.phases:
        return None
    order = state.expectations(spec.order_strings(size))
    return spec.phase(size, spec.check(size, parameters), order, state.renyi2())


def v_score_of_state(
    family: str, size: Size, parameters: Mapping[str, Any], state: GroundState
) -> float | None:
    """The V-score of a ground state that `solve` gave for the same arguments.

    Returns:
        None where the energy is that of infinite temperature, which it is measured from.
    """
    spec = families.solvable(family)
    hamiltonian = spec.hamiltonian(size, spec.check(size, parameters))
    value = v_score_of(hamiltonian, state.energy, state.energy_variance)
    return value if np.isfinite(value) else None


def _refuse_overflow(spec: HamiltonianFamily, hamiltonian: Hamiltonian) -> None:
    largest = max(float(np.abs(t.coefficients).max(initial=0.0)) for t in hamiltonian.terms)
    if not largest <= _LARGEST:
        raise RequestError(
            f"the largest coefficient of this {spec.name} is {largest:.1e}: its square, the unit "
            f"of the energy variance, overflows. At most {_LARGEST:.0e} is allowed: take another "
            "unit of energy, which changes no correlation and no entropy."
        )


def _refuse_free_spins(spec: HamiltonianFamily, hamiltonian: Hamiltonian, sector: Sector) -> None:
    """Without a field every part of an odd number of sites is a doublet at least.

    Two of them are degenerate with all their spins turned over where Σ Z = 0, and at Σ Z = 1 where
    H is isotropic.
    """
    fields = any(t.paulis == "Z" and t.coefficients.any() for t in hamiltonian.terms)
    if sector.kind != "magnetization" or fields or abs(sector.value) > 1:
        return
    if sector.value and not is_isotropic(hamiltonian):
        return
    parts = hamiltonian.parts()
    odd = np.flatnonzero(np.bincount(parts) % 2)
    if len(odd) > 1:
        raise RequestError(
            f"the ground level of this {spec.name} is degenerate: {len(odd)} parts of an odd "
            f"number of sites, one with site {np.argmax(parts == odd[0]) + 1}, have a free spin "
            "each and no coupling to the rest. Couple them, or solve the parts one by one."
        )


def _refuse_lower(h: Hamiltonian, batch: "Batch") -> None:
    """Hold an energy against block2 from a random state, where it is installed and takes H.

    Both energies are above the lowest one, so that a lower one says that ours is not it.
    """
    from builders.solvers.block2.solver import solve_block2

    ((_, state),) = batch.groups
    try:
        other = solve_block2([h], state.qubit.sector, bond=state.bond())
    except RequestError:  # not installed, or another symmetry
        return
    # An eigenstate's energy is off by less than √variance, and a state near it by much less.
    room = SAME_ENERGY * h.n_sites * h.scale + 0.1 * float(
        np.sqrt(max(batch.energy_variance[0], 0))
    )
    if other.energy[0] < batch.energy[0] - room:
        raise WorkError(
            f"two solvers end in different states: ours in one of {batch.energy[0]:.12g}, block2 "
            f"in one of {other.energy[0]:.12g} ({state.qubit.sector}). `--bond` gives them more."
        )


def _refuse_unknown_labels(spec: HamiltonianFamily, state: "StateVector") -> None:
    if not state.label_error.allowed:
        raise RequestError(
            f"the ground level of this {spec.name} is degenerate to rounding: the gap inside "
            f"{state.sector} is {state.gap:.1e}, and labels would be off by "
            f"{state.label_error}. Choose other parameters."
        )
