"""What a family is: a Hamiltonian together with a distribution of its parameters."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.physics.phase import PauliString, Phase

Parameters = dict[str, NDArray[np.float64]]

_FULL_BLOCKS = 128  # sites up to which whole blocks fit into memory


@dataclass(frozen=True)
class Parameter:
    """One named parameter of a Hamiltonian.

    Attributes:
        name: as in the formula and in the parameter JSON.
        shape: function of the size; () for a scalar.
        meaning: one sentence with the unit.
        symmetric: an (N, N) matrix with zero diagonal, stored as its upper triangle row by row.
        default: what every entry is where the parameter is not given; None: it must be given.
    """

    name: str
    shape: Callable[[Size], tuple[int, ...]]
    meaning: str
    symmetric: bool = False
    default: float | None = None

    def length(self, size: Size) -> int:
        """Numbers that this parameter takes in the flat vector."""
        if self.symmetric:
            return size.sites * (size.sites - 1) // 2
        return int(np.prod(self.shape(size), dtype=int))


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
            its bytes depend on, so that another value means another version of the data.
    """

    bond: int
    steps: int
    tolerance: float
    block: int = 20
    single: bool = False
    multiplets: bool = False


class Family(ABC):
    """Base of every family; one subclass a file, whose docstring is the Hamiltonian.

    A subclass states the class attributes and the abstract methods. Everything that is the
    same for all families (checking parameters, flattening them) is here.

    A family with phases names them in `phases`, says in `phase_rule` how they are told and what the
    margin is, and defines `phase`, and `order_strings` where expectation values decide. It lists
    the task `phase` in `tasks` if its distribution has more than one of them.

    A family with a shifted distribution for the split `test_ood` says it in `distribution_ood` and
    defines `draw_ood`. Where these rows are too far from the family's own warm start,
    `warm_start_ood` names the family whose warm start and solver settings solve them.

    One whose H is the same read from the other end can set `mirror`: states of even chains are then
    given a definite mirror parity, where the ground level is almost degenerate without it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    distribution: ClassVar[str]
    why_hard: ClassVar[str]
    references: ClassVar[tuple[str, ...]]
    parameters: ClassVar[tuple[Parameter, ...]]
    sizes: ClassVar[tuple[str, ...]]
    tasks: ClassVar[tuple[str, ...]] = ("correlation", "renyi2", "energy")
    max_sites: ClassVar[int] = 1024
    max_bond: ClassVar[int] = 256  # where `solve` stops growing the bond of our own DMRG
    phases: ClassVar[tuple[str, ...]] = ()
    phase_rule: ClassVar[str] = ""
    distribution_ood: ClassVar[str] = ""
    warm_start_ood: ClassVar[str] = ""
    mirror: ClassVar[bool] = False

    @abstractmethod
    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        """One random parameter set of the distribution."""

    @abstractmethod
    def typical(self, size: Size) -> Parameters:
        """The mean parameter set: the Hamiltonian that other rows are warm-started from."""

    def warm_starts(self, size: Size) -> tuple[Parameters, ...]:
        """Parameter sets whose states rows start from, the lowest energy being kept.

        A family whose distribution crosses phases needs one in each: no local update leads from
        one phase to another.
        """
        return (self.typical(size),)

    @abstractmethod
    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        """H for checked parameters."""

    @abstractmethod
    def sector(self, size: Size) -> Sector:
        """The symmetry sector of the stated ground state."""

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
            renyi2: float64 (N−1,), entropies of the neighbouring pairs in bit.
        """
        raise NotImplementedError(f"{self.name} names phases {self.phases} and does not tell them")

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:  # noqa: ARG002
        """One random parameter set of the shifted distribution, that of the split `test_ood`.

        Raises:
            RequestError: the family has none.
        """
        self.check_ood()
        raise NotImplementedError(f"{self.name} states {self.distribution_ood=} and draws nothing")

    def check_ood(self) -> None:
        """Refuse a split `test_ood` of a family without a shifted distribution.

        Raises:
            RequestError: the family has none.
        """
        if not self.distribution_ood:
            raise RequestError(
                f"{self.name} has no shifted distribution for the split test_ood. Leave "
                "--test-ood out, or take a family with a `distribution_ood` in "
                "`qslbench list families --json`."
            )

    def check_size(self, size: Size) -> None:
        """Refuse sizes this family does not have.

        Raises:
            RequestError: a lattice for a chain family, or too many sites.
        """
        if not size.is_chain:
            raise RequestError(
                f"{self.name} lives on a chain; size {size} is a lattice. Give an integer."
            )
        if size.sites > self.max_sites:
            raise RequestError(
                f"size {size} is past the limit of {self.name}: at most {self.max_sites} sites."
            )

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        """Parameters as float64 arrays of the right shapes.

        Raises:
            RequestError: a missing or unknown name, a wrong shape, a value that is not finite.
        """
        self.check_size(size)
        names = [p.name for p in self.parameters]
        unknown = [name for name in given if name not in names]
        missing = [p.name for p in self.parameters if p.name not in given and p.default is None]
        if unknown or missing:
            raise RequestError(
                f"parameters of {self.name}: missing {missing or 'none'}, "
                f"unknown {unknown or 'none'}. Allowed and required: {', '.join(names)}."
            )
        return {
            p.name: self._check_one(p, size, given[p.name])
            if p.name in given
            else np.full(p.shape(size), p.default, dtype=np.float64)
            for p in self.parameters
        }

    def _check_one(self, spec: Parameter, size: Size, value: Any) -> NDArray[np.float64]:
        where = f"parameter {spec.name!r} of {self.name}"
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            raise RequestError(
                f"{where} is not an array of numbers: {str(value)[:80]!r}."
            ) from None
        shape = spec.shape(size)
        if array.shape != shape:
            raise RequestError(f"{where} has shape {array.shape}; size {size} needs shape {shape}.")
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            at = tuple(int(i) for i in bad[0])
            raise RequestError(f"{where} has {len(bad)} values that are not finite, first at {at}.")
        if spec.symmetric and (not np.array_equal(array, array.T) or np.diag(array).any()):
            raise RequestError(f"{where} must be symmetric with a zero diagonal.")
        return array

    def hamiltonians(self, size: Size, rows: NDArray[np.float64]) -> list[Hamiltonian]:
        """H of rows of flat parameters, float64 (R, P)."""
        return [self.hamiltonian(size, self.unflatten(size, row)) for row in rows]

    def flat_length(self, size: Size) -> int:
        """P, the length of the flat parameter vector."""
        return sum(p.length(size) for p in self.parameters)

    def flatten(self, parameters: Parameters) -> NDArray[np.float64]:
        """Parameters in their declared order as one float64 (P,) vector."""
        parts = []
        for spec in self.parameters:
            array = parameters[spec.name]
            upper = np.triu_indices(array.shape[0], 1) if spec.symmetric else ...
            parts.append(np.atleast_1d(array[upper]).ravel())
        return np.concatenate(parts)

    def unflatten(self, size: Size, flat: NDArray[np.float64]) -> Parameters:
        """Inverse of `flatten`."""
        out: Parameters = {}
        start = 0
        for spec in self.parameters:
            part = np.asarray(flat[start : start + spec.length(size)], dtype=np.float64)
            start += spec.length(size)
            if spec.symmetric:
                matrix = np.zeros((size.sites, size.sites))
                matrix[np.triu_indices(size.sites, 1)] = part
                out[spec.name] = matrix + matrix.T
            else:
                out[spec.name] = part.reshape(spec.shape(size))
        return out
