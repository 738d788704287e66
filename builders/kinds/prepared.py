"""Families whose rows are stabilizer states, made by linear algebra over bits and not solved."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.kinds.ground_state import STATE_LABELS
from builders.physics.certificate import Certificate, EnergyVariance
from builders.physics.family import Family
from builders.physics.label import Label
from builders.physics.parameters import Parameters
from builders.physics.phase import phase_columns
from builders.physics.rows import BuildSettings, Generators, MadeRows
from builders.physics.state_labels import phase_labels

if TYPE_CHECKING:
    from builders.solvers.stabilizers.rows import StabilizerRows


class PreparedFamily(Family):
    """Base of families whose states are prepared: eigenstates of a Hamiltonian that nobody solves.

    The parameters need not fix the state: `prepare` gets a generator of its own for every row, and
    rows are told apart by their shots.
    """

    labels: ClassVar[tuple[Label, ...]] = STATE_LABELS
    certificate: ClassVar[Certificate] = EnergyVariance()
    identity: ClassVar[Literal["parameters", "record", "none"]] = "record"
    method: ClassVar[str] = "stabilizer"
    phases: ClassVar[tuple[str, ...]] = ()
    phase_rule: ClassVar[str] = ""
    rows_together: ClassVar[int] = 5

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "labels" not in cls.__dict__:
            cls.labels = (*STATE_LABELS, *phase_labels(cls.phases, cls.phase_rule))

    def checks(self) -> list[str]:
        """See `Family.checks`."""
        return [
            "every row: physical bounds of its labels, no row twice",
            "exact by construction; the certificate is zero",
        ]

    @abstractmethod
    def prepare(
        self, size: Size, parameters: Sequence[Parameters], rngs: Generators
    ) -> "StabilizerRows":
        """The states of some rows; each depends on its own parameters and generator alone."""

    def block(self, size: Size) -> int:  # noqa: ARG002
        """Rows that are made together: no row depends on it."""
        return self.rows_together

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,
        settings: BuildSettings,  # noqa: ARG002  # there is one way
    ) -> MadeRows:
        """See `Family.make`."""
        rows = self.prepare(size, parameters, rngs)
        columns: dict[str, NDArray[Any]] = {
            "energy": rows.energy,
            "energy_variance": rows.energy_variance,
            **{name: array.astype(np.float32) for name, array in rows.labels().items()},
            **phase_columns(self.phases, rows.phases),
        }
        return MadeRows(
            columns,
            lambda shots, generators: {"shots": rows.sample(shots, generators)},
            {"variance": rows.relative_variance, "closed_form": np.full(len(rows.energy), np.nan)},
        )
