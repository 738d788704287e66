"""Families that make their states themselves: no Hamiltonian is given to a solver."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family, Parameters
from builders.physics.phase import Phase

Array = NDArray[np.float64]


class PreparedStates(Protocol):
    """B states of one family and size: what a build asks of them, and of a solver's `Batch`."""

    @property
    def energy(self) -> Array:
        """⟨H⟩, float64 (B,)."""

    @property
    def energy_variance(self) -> Array:
        """⟨H²⟩ − ⟨H⟩², float64 (B,)."""

    @property
    def relative_variance(self) -> Array:
        """The same in units of (energy unit)² · N."""

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phase of each row, known from how it was made; empty for families without phases."""

    def labels(self) -> dict[str, Array]:
        """Correlation (B, N, N), renyi2 and renyi2_blocks (B, N−1), float64."""

    def sample(self, n_shots: int, rngs: Sequence[np.random.Generator]) -> NDArray[np.uint8]:
        """Random-Pauli shots, uint8 (B, n_shots, N), one generator a row."""


class PreparedFamily(Family):
    """Base of a family whose rows are prepared and not solved.

    The parameters need not fix the state: `prepare` gets a generator of its own for every row.
    """

    method: ClassVar[str]
    """How states are made: stands in the manifest where other families have a solver."""

    rows_together: ClassVar[int] = 5

    @abstractmethod
    def prepare(
        self, size: Size, parameters: Sequence[Parameters], rngs: Sequence[np.random.Generator]
    ) -> PreparedStates:
        """The states of some rows; each depends on its own parameters and generator alone."""

    def block(self, size: Size) -> int:  # noqa: ARG002
        """Rows that are computed together: no row depends on it."""
        return self.rows_together

    def hamiltonian(self, size: Size, parameters: Parameters) -> NoReturn:  # noqa: ARG002
        """Refuses: there is none that the parameters fix."""
        self._refuse()

    def sector(self, size: Size) -> NoReturn:  # noqa: ARG002
        """Refuses, as `hamiltonian`."""
        self._refuse()

    def solver_settings(self, size: Size) -> NoReturn:  # noqa: ARG002
        """Refuses, as `hamiltonian`."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise RequestError(
            f"{self.name} has no Hamiltonian that its parameters fix, and no solver takes it: its "
            f"states are made ({self.method}). Use `qslbench build {self.name}`."
        )
