"""Families whose parameters fix a Hamiltonian: what solvers need to know of them."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.physics.parameters import Parameters
from builders.physics.phase import PauliString, Phase

if TYPE_CHECKING:
    from builders.physics.closed_form import ClosedForm

_FULL_BLOCKS = 128  # sites up to which whole blocks fit into memory


@dataclass(frozen=True)
class SolverSettings:
    """How hard the DMRG solver works on one row of a family, started from its warm start.

    A row does two half sweeps at a time until the last one moves it by no more than `tolerance`.

    Attributes:
        bond: bond dimension at most.
        steps: applications of H a bond.
        tolerance: sine of the angle between the states before and after a half sweep.
        single: sweep in single precision, which takes half the time where bonds are large and
            leaves an error of about 1e-5 in a correlation.
        multiplets: keep the total spin, which is ½ |Σ Z| of the family's sector, 0 or ½, instead of
            Σ Z alone. A bond's states come in whole multiplets then.
        block: rows solved together, fewer in chains past 128 sites. A row's block is part of what
            its bytes depend on, so that another value means another recipe.
        walks: look for other orders of up spins through the neighbouring sectors of Σ Z, as
            `builders.solvers.dmrg.walks` does.
    """

    bond: int
    steps: int
    tolerance: float
    block: int = 20
    single: bool = False
    multiplets: bool = False
    walks: bool = False


class HamiltonianFamily(Family):
    """Base of families with a Hamiltonian.

    A family with phases names them in `phases`, says in `phase_rule` how they are decided and what
    the margin is, and defines `phase`, and `order_strings` where expectation values decide. It
    lists the task `phase` in `tasks` if its distribution has more than one of them.

    Where rows of the shifted distribution are too far from the family's own warm start,
    `warm_start_ood` names the family whose warm start and solver settings solve them.

    One whose H is the same read from the other end can set `mirror`: states of even chains are then
    given a definite mirror parity, where the ground level is almost degenerate without it.
    """

    max_bond: ClassVar[int] = 256  # where `solve` stops growing the bond of our own DMRG
    phases: ClassVar[tuple[str, ...]] = ()
    phase_rule: ClassVar[str] = ""
    warm_start_ood: ClassVar[str] = ""
    mirror: ClassVar[bool] = False

    @abstractmethod
    def typical(self, size: Size) -> Parameters:
        """The mean parameter set: the Hamiltonian that other rows are warm-started from."""

    def warm_starts(self, size: Size) -> tuple[Parameters, ...]:
        """Parameter sets whose states rows start from, the lowest energy being kept.

        A family whose distribution crosses phases needs one in each: no local update leads from
        one phase to another.
        """
        return (self.typical(size),)

    def other_starts(self, size: Size) -> Sequence[int]:
        """Numbers of the warm starts that are used in other sectors than the stated one."""
        return range(len(self.warm_starts(size)))

    @abstractmethod
    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        """H for checked parameters."""

    @abstractmethod
    def sector(self, size: Size) -> Sector:
        """The symmetry sector of the stated ground state."""

    def sectors(self, size: Size) -> tuple[Sector, ...]:
        """The sectors in which rows are solved, the stated one first.

        The lowest energy is kept, the first of those that agree within `SAME_ENERGY`.
        """
        return self.sector(size).choices()

    def row_sectors(self, size: Size, parameters: Parameters) -> tuple[Sector, ...]:  # noqa: ARG002
        """Those of `sectors` that can hold the lowest state of one row, the first one always."""
        return self.sectors(size)

    @abstractmethod
    def solver_settings(self, size: Size) -> SolverSettings:
        """The solver's schedule, chosen by measured label errors."""

    def total_spin(self, size: Size, parameters: Parameters) -> int | None:  # noqa: ARG002
        """Twice the total spin of the ground state of an isotropic H, where a theorem gives it.

        For the typical parameters it must be that of every row, and the magnetization of `sector`.
        """
        return None

    def block(self, size: Size) -> int:
        """Rows that are computed together: fewer where memory grows with the length."""
        most = self.solver_settings(size).block
        return max(min(most, 2), most * _FULL_BLOCKS // max(size.sites, _FULL_BLOCKS))

    def exact_energy(self, size: Size, parameters: Parameters) -> float | None:  # noqa: ARG002
        """Ground-state energy in the sector by a closed form; None where there is none."""
        return None

    def exact_state(
        self,
        size: Size,  # noqa: ARG002
        parameters: Parameters,  # noqa: ARG002
        sector: Sector,  # noqa: ARG002
    ) -> "ClosedForm | None":
        """The lowest state of a sector with all its labels in closed form; None without one.

        Raises:
            RequestError: it is degenerate.
        """
        return None

    def order_strings(self, size: Size) -> tuple[PauliString, ...]:  # noqa: ARG002
        """Pauli strings whose expectation values decide the phase; sites increase along each."""
        return ()

    def phase(
        self,
        size: Size,
        parameters: Parameters,
        order: NDArray[np.float64],
        renyi2: NDArray[np.float64],
    ) -> Phase:
        """The phase of one row; asked only of a family that has `phases`.

        Args:
            size: N sites.
            parameters: checked ones.
            order: float64 (S,), expectation values of `order_strings(size)`.
            renyi2: float64 (N−1,), entropies of the pairs of consecutive sites in bit.
        """
        raise NotImplementedError(f"{self.name} names phases {self.phases} and decides none")

    def hamiltonians(self, size: Size, rows: NDArray[np.float64]) -> list[Hamiltonian]:
        """H of rows of flat parameters, float64 (R, P)."""
        return [self.hamiltonian(size, self.unflatten(size, row)) for row in rows]


def need_hamiltonian(family: Family) -> HamiltonianFamily:
    """The same family, for whoever needs its Hamiltonian.

    Raises:
        RequestError: its parameters fix none.
    """
    if not isinstance(family, HamiltonianFamily):
        raise RequestError(
            f"{family.name} has no Hamiltonian that its parameters fix, and no solver takes it: "
            f"its rows are made ({family.method}). Use `qslbench build {family.name}`."
        )
    return family
