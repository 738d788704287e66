"""The certificate of evolved states: what truncation took, energy drift, errors of labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.column import Column
from builders.core.errors import WorkError
from builders.physics.certificate import VARIANCE_LIMIT, Arrays, Certificate
from builders.physics.label import Wrong
from builders.physics.state_labels import ENERGY_UNIT, PROMISED

_NAMED = 5  # rows that a refusal names
TWICE_THE_BOND = "twice_the_bond"
"""Largest difference of labels to a run at twice the bond, in units of the label errors that the
row states; NaN of rows that were not run again."""
_ERRORS = ("label_error_correlation", "label_error_renyi2")
# What is judged → the largest value allowed. The energy is a sum of expectation values, weighted by
# the coefficients of H: a drift past the promise, in units of Σ|coefficients|, proves that one of
# them is off by more. A state that lost the weight w is off by about w in an expectation value.
LIMITS = {
    "relative_drift": PROMISED[0],
    "truncated_weight": PROMISED[0],
    _ERRORS[0]: PROMISED[0],
    _ERRORS[1]: PROMISED[1],
}


@dataclass(frozen=True)
class EvolutionCertificate(Certificate):
    """Truncated weight, energy drift and label errors of a state at a time.

    `exactness` holds the keys of `LIMITS` and `TWICE_THE_BOND`, float64 (R,); the drift there is in
    units of Σ|coefficients of H|.
    """

    sentence: ClassVar[str] = (
        "`energy` = ⟨H⟩ is conserved and known from the initial state: a check and no task. "
        "`energy_drift` is what the measured state differs from it by, `truncated_weight` what its "
        "truncations have taken of its norm in all. `label_error_correlation` and "
        "`label_error_renyi2` are the largest errors to expect of any entry of the row's "
        "correlation and of its pair entropies, of the labels and of the state that was measured: "
        f"below {PROMISED[0]:.0e} and {PROMISED[1]:.0e} bit, or the build stops. So are "
        "`truncated_weight` and the drift in units of the sum of all |coefficients of H|, "
        f"`relative_drift`: below {PROMISED[0]:.0e}. Of ten evolutions without a closed form one "
        "is run again at twice the bond, whose labels must agree within the label errors."
    )
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            *("energy", "float64", (), ENERGY_UNIT, "⟨H⟩, the same at all times"),
            is_label=True,
        ),
        Column(
            *("energy_drift", "float64", (), ENERGY_UNIT),
            "|⟨H⟩ of the measured state − energy|",
            is_label=True,
        ),
        Column(
            *("truncated_weight", "float64", (), "1"),
            "norm squared that truncations took of the measured state up to the time",
            is_label=True,
        ),
        *(
            Column(
                *(name, "float32", (), unit),
                f"largest error to expect of an entry of {name.removeprefix('label_error_')}",
                is_label=True,
            )
            for name, unit in zip(_ERRORS, ("1", "bit"), strict=True)
        ),
    )
    quantiles: ClassVar[str] = "truncated_weight"

    def wrong(self, arrays: Arrays) -> Iterator[tuple[str, Wrong]]:
        """Values below zero, which none but the energy can have."""
        for name in ("energy_drift", "truncated_weight", *_ERRORS):
            if name in arrays:
                yield name, (arrays[name] < 0, "are negative")

    def refuse(
        self, config: str, row_id: NDArray[np.int64], exactness: Arrays, limit: float
    ) -> None:
        """See `Certificate.refuse`; a limit above the usual one asks for rougher rows."""
        if limit > VARIANCE_LIMIT:
            return
        for name, allowed in LIMITS.items():
            value = exactness[name]
            missed = np.flatnonzero(~(value <= allowed))
            if len(missed):
                raise WorkError(
                    f"{config} rows {_named(row_id[missed])}: {name} is {value[missed].max():.1e}, "
                    f"allowed is {allowed:.0e}. The bond is too small for these times."
                )
        value = exactness[TWICE_THE_BOND]
        missed = np.flatnonzero(value > 1.0)
        if len(missed):
            raise WorkError(
                f"{config} rows {_named(row_id[missed])}: labels at twice the bond differ by "
                f"{value[missed].max():.1f} times the label errors that the rows state. The bond "
                "is too small for these times."
            )

    def summary(self, exactness: Arrays) -> dict[str, Any]:
        """Median and largest of each."""
        out = {}
        for name in LIMITS:
            out[f"{name}_median"] = float(np.median(exactness[name]))
            out[f"{name}_max"] = float(np.max(exactness[name]))
        again = exactness[TWICE_THE_BOND]
        compared = again[~np.isnan(again)]
        out[f"{TWICE_THE_BOND}_rows"] = len(compared)
        if len(compared):
            out[f"{TWICE_THE_BOND}_max"] = float(compared.max())
        return out


def _named(rows: NDArray[np.int64]) -> str:
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    return ", ".join(str(row) for row in rows[:_NAMED]) + more
