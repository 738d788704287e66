"""Families whose rows are ground states of their Hamiltonians, in a stated sector."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.names import Size
from builders.kinds import independent
from builders.physics.certificate import Certificate
from builders.physics.hamiltonian_family import HamiltonianFamily, SolverSettings
from builders.physics.label import Label
from builders.physics.label_certificate import LabelCertificate
from builders.physics.parameters import Parameters
from builders.physics.phase import phase_columns
from builders.physics.row_figure import RowFigure
from builders.physics.rows import Arrays, BuildSettings, Generators, MadeRows
from builders.physics.state_labels import (
    CORRELATION,
    ENERGY,
    RENYI2,
    RENYI2_BLOCKS,
    phase_labels,
)
from builders.physics.v_score import V_SCORE

if TYPE_CHECKING:
    from builders.solvers.dmrg.batch import Batch

CUDA = "torch-cuda"
STATE_LABELS = (ENERGY, CORRELATION, RENYI2, RENYI2_BLOCKS)


class GroundStateFamily(HamiltonianFamily):
    """Base of families whose rows are solved: see `HamiltonianFamily` for what they state."""

    tasks: ClassVar[tuple[str, ...]] = ("correlation", "renyi2", "energy")
    labels: ClassVar[tuple[Label, ...]] = STATE_LABELS
    certificate: ClassVar[Certificate] = LabelCertificate()
    recipe: ClassVar[int] = 2
    figures: ClassVar[tuple[RowFigure, ...]] = (V_SCORE,)
    state: ClassVar[str] = "ground state"
    method: ClassVar[str] = "dmrg"
    solvers: ClassVar[tuple[str, ...]] = ("torch", CUDA, "block2")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "labels" not in cls.__dict__:
            cls.labels = (*STATE_LABELS, *phase_labels(cls.phases, cls.phase_rule))

    def check_settings(self, size: Size, settings: BuildSettings) -> BuildSettings:
        """See `Family.check_settings`: the solver is there, installed, and for this family."""
        settings = replace(settings, solver=self.solver(settings))
        if settings.solver == "block2":
            from builders.solvers.block2.rows import need_one_start
            from builders.solvers.block2.session import need_block2

            need_block2()
            need_one_start(self, size)
        if settings.solver == CUDA:
            from builders.solvers.dmrg.solver import need_cuda

            need_cuda()
        return settings

    def tolerances(self, size: Size, settings: BuildSettings) -> dict[str, float]:
        """See `Family.tolerances`."""
        asked = self.asked(size, settings)
        return {
            "bond": asked.bond,
            "steps": asked.steps,
            "tolerance": asked.tolerance,
            "variance_limit": settings.variance_limit,
        }

    def asked(self, size: Size, settings: BuildSettings) -> SolverSettings:
        """The solver's schedule for a build."""
        own = self.solver_settings(size)
        return own if settings.bond is None else replace(own, bond=settings.bond)

    def about(self) -> dict[str, str]:
        """See `Family.about`."""
        from builders.kinds.solved_card import sections

        return sections(self)

    def checks(self) -> list[str]:
        """See `Family.checks`."""
        from builders.kinds.solved_card import checks

        return checks(self)

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,  # noqa: ARG002  # the parameters fix the state
        settings: BuildSettings,
    ) -> MadeRows:
        """See `Family.make`."""
        exact = [self.exact_energy(size, p) for p in parameters]
        batch = self.solved(size, parameters, settings)
        labels = batch.labels()
        errors = dict(
            zip(("label_error_correlation", "label_error_renyi2"), batch.label_error.T, strict=True)
        )
        columns: dict[str, NDArray[Any]] = {
            "energy": batch.energy,
            "energy_variance": batch.energy_variance,
            **{name: error.astype(np.float32) for name, error in errors.items()},
            **{name: array.astype(np.float32) for name, array in labels.items()},
            **self._phases(size, parameters, batch, labels["renyi2"]),
        }
        off = [
            np.nan if e is None else abs(energy - e) / abs(e)
            for e, energy in zip(exact, batch.energy, strict=True)
        ]
        return MadeRows(
            columns,
            lambda shots, generators: {"shots": batch.sample(shots, generators)},
            {"variance": batch.relative_variance, "closed_form": np.array(off), **errors},
        )

    def compared(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        columns: Arrays,
        settings: BuildSettings,
    ) -> Arrays:
        """See `Family.compared`: by `builders.kinds.independent`."""
        energy, correlation, renyi2 = (columns[n] for n in ("energy", "correlation", "renyi2"))
        bond = self.asked(size, settings).bond
        return independent.compared(self, size, parameters, energy, correlation, renyi2, bond)

    def solved(
        self, size: Size, parameters: Sequence[Parameters], settings: BuildSettings
    ) -> "Batch":
        """The states of some rows, as `make` measures them; settings are checked ones."""
        hamiltonians = [self.hamiltonian(size, p) for p in parameters]
        exact = [self.exact_energy(size, p) for p in parameters]
        sectors = [self.row_sectors(size, p) for p in parameters]
        # Imported when rows are solved: torch and block2 are extras.
        from builders.solvers.dmrg.solver import solve_missed, solve_warm

        start = (self.warm_start_ood if settings.shifted else "") or self.name
        starting = families.load(start)
        assert isinstance(starting, GroundStateFamily)
        how: dict[str, Any] = {
            "settings": starting.asked(size, settings),
            "again_above": settings.variance_limit / 4.0,
        }
        if settings.solver == "block2":
            from builders.solvers.block2.rows import solve_warm_block2

            batch = solve_warm_block2(start, size, hamiltonians, **how)
        else:
            device = "cuda" if settings.solver == CUDA else "cpu"
            how |= {"row_sectors": None if starting.asked(size, settings).multiplets else sectors}
            batch = solve_warm(start, size, hamiltonians, device=device, **how)
        return solve_missed(batch, hamiltonians, exact)

    def _phases(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        batch: "Batch",
        renyi2: NDArray[np.float64],
    ) -> dict[str, NDArray[Any]]:
        if not self.phases:
            return {}
        from builders.solvers.dmrg.strings import expectations

        order = expectations(batch, self.order_strings(size))
        rows = zip(parameters, order, renyi2, strict=True)
        return phase_columns(self.phases, [self.phase(size, *row) for row in rows])
