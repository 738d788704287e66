"""Pairs learnt from exactly solved windows of the chain around them."""

from dataclasses import replace

from baselines.contract.cell import Cell
from baselines.inputs.features import Channels
from baselines.models import pauli_pairs
from baselines.solvers.window_fields import WindowFields
from builders.core.errors import RequestError


class Model(pauli_pairs.Model):
    """`pauli_pairs`, which sees windows solved by exact diagonalisation in place of couplings.

    A window of a few sites tells a close pair but for what lies outside, and how much of the order
    survives across it; what the whole chain makes of it is learnt, for close and far pairs alike.

    Args:
        seed: of nothing; the model is deterministic.
        length: sites of a window, from 4 to 12; fewer where a symmetry leaves more than
            `baselines.solvers.window_solver.STATES` states.
        cascade: see `Ingredients`.
        alike: likewise.
    """

    title = "Windows solved exactly, and what they leave learnt"
    entry_class = "hybrid"

    def __init__(
        self, *, seed: int = 0, length: int = 12, cascade: bool = True, alike: bool = True
    ) -> None:
        super().__init__(seed=seed, cascade=cascade)
        self.ingredients = replace(self.ingredients, alike=alike)
        if not 4 <= length <= 12:
            raise RequestError(f"{length=}: windows have 4 to 12 sites.")
        self.length = length

    def _prepare(self, cell: Cell, given: Channels) -> list[Channels]:
        # Exact labels tell no letters, and are seen beside the mean of all.
        classes = [list("XYZ")] if self._exact else self._classes
        self._fields = WindowFields(cell.family, cell.size, cell.parameters, classes, self.length)
        return self._seen(given, cell.parameters)

    def _seen(self, given: Channels, parameters: pauli_pairs.Floats) -> list[Channels]:
        return self._fields(given, parameters)
