"""How hard a solver works on the evolution of a chain."""

import math
from dataclasses import dataclass, replace
from typing import Literal

Order = Literal[2, 4]

# Of the comparison runs, see `coarser` and `finer`.
_CUT, _FINER, _BOND = 30.0, 10.0, 2


@dataclass(frozen=True)
class EvolutionSettings:
    """How matrix product states evolve.

    Attributes:
        bond: bond dimension at most.
        step: length of a Trotter step at most, in the units of 1/H.
        order: of the Trotter error in the step, 2 or 4.
        cut: weight, of norm 1, that a row may lose in one truncation below the bond.
        block: evolutions that are made together. They share the dimensions of their bonds, so that
            this is part of what a row's bytes depend on.
        block_ood: the same at the later times of `test_ood`; None: as many.
        rough: half as many steps, see `coarser`.
    """

    bond: int
    step: float
    order: Order = 4
    cut: float = 1e-10
    block: int = 10
    block_ood: int | None = None
    rough: bool = False

    def __post_init__(self) -> None:
        if self.bond < 1 or not self.step > 0 or self.order not in (2, 4) or not self.cut >= 0:
            raise ValueError(
                f"{self.bond=}, {self.step=}, {self.order=}, {self.cut=}: a bond of at least 1, a "
                "positive step, order 2 or 4, and a weight of at least 0"
            )

    def steps(self, length: float) -> int:
        """Trotter steps from one time to the next; an even number, which `rough` halves.

        Steps of half as many would otherwise be the same where times are close to each other.
        """
        pairs = math.ceil(length / (2.0 * self.step) * (1.0 - 1e-12))
        return pairs if self.rough else 2 * pairs

    def coarser(self) -> "EvolutionSettings":
        """Half as many steps, half the bond and thirty times the cut, at under half the cost.

        Errors of such a run are about 2^order times as large where the step makes them, about
        √30 times where the cut does.
        """
        bond = max(1, self.bond // _BOND)
        return replace(self, rough=True, cut=_CUT * self.cut, bond=bond)

    def finer(self) -> "EvolutionSettings":
        """Twice the bond, and a tenth of the cut, without which most cuts would not use it."""
        return replace(self, cut=self.cut / _FINER, bond=_BOND * self.bond)
