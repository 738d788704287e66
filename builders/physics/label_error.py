"""How far labels of one state can be off."""

from dataclasses import dataclass

import numpy as np

from builders.physics.state_labels import PROMISED


@dataclass(frozen=True)
class LabelError:
    """Largest errors expected of any entry.

    Attributes:
        correlation: of C_ij.
        renyi2: of the entropies of the pairs (a, a+1), in bit.
    """

    correlation: float
    renyi2: float

    @staticmethod
    def of_angle(sine: float) -> "LabelError":
        """The bound for a real state at an angle to the true one.

        An expectation value of an operator of norm 1, as C_ij is, moves by 2 sin at most, a density
        matrix by 2 sin in trace norm, and its purity, of at least 1/4 for a pair, by twice that.
        """
        return LabelError(2.0 * sine, 16.0 * sine / float(np.log(2.0)))

    @property
    def allowed(self) -> bool:
        """Whether both are inside what labels promise."""
        errors = (self.correlation, self.renyi2)
        return all(error <= limit for error, limit in zip(errors, PROMISED, strict=True))

    def __str__(self) -> str:
        return f"{self.correlation:.1g} in a correlation, {self.renyi2:.1g} bit in an entropy"


UNKNOWN = LabelError(float("nan"), float("nan"))
