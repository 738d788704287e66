"""How hard a solver works on the evolution of a chain."""

from dataclasses import dataclass, replace
from typing import Literal

Order = Literal[2, 4]

# Of the comparison run, see `coarser`.
_STEP, _CUT, _BOND = 2.0, 30.0, 2


@dataclass(frozen=True)
class EvolutionSettings:
    """How matrix product states evolve.

    Attributes:
        bond: bond dimension at most.
        step: length of a Trotter step at most, in the units of 1/H.
        order: of the Trotter error in the step, 2 or 4.
        cut: weight, of norm 1, that a row may lose in one truncation below the bond.
        single: tensors in single precision.
        block: evolutions that are made together. They share the dimensions of their bonds, so that
            this is part of what a row's bytes depend on.
    """

    bond: int
    step: float
    order: Order = 4
    cut: float = 1e-10
    single: bool = False
    block: int = 10

    def __post_init__(self) -> None:
        if self.bond < 1 or not self.step > 0 or self.order not in (2, 4) or not self.cut >= 0:
            raise ValueError(
                f"{self.bond=}, {self.step=}, {self.order=}, {self.cut=}: a bond of at least 1, a "
                "positive step, order 2 or 4, and a weight of at least 0"
            )

    def coarser(self) -> "EvolutionSettings":
        """Twice the step, half the bond and thirty times the cut, at under half the cost.

        Errors of such a run are at least four times as large: those of the step 2^order times,
        those of the cut, which go with its square root, √30 times.
        """
        return replace(
            self, step=_STEP * self.step, cut=_CUT * self.cut, bond=max(1, self.bond // _BOND)
        )
