"""The certificate of solved ground states: what each row's labels may be off by."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.column import Column
from builders.core.errors import WorkError
from builders.physics.certificate import VARIANCE_LIMIT, Arrays, EnergyVariance
from builders.physics.label import Wrong
from builders.physics.state_labels import PROMISED

_LABELS = ("correlation", "renyi2")
UNSETTLED = "independent_above"
"""1 where a second solver ended above the row and its labels differ, 0 where the two were compared;
NaN of rows that were not solved again."""
DIFFERENCES = ("independent_correlation", "independent_renyi2")
"""Largest differences of labels between two solvers, NaN where nothing follows from them."""

_NAMED = 5  # rows that a refusal names


@dataclass(frozen=True)
class LabelCertificate(EnergyVariance):
    """The energy variance, and the largest error to expect of the row's labels.

    The variance alone does not see every way in which labels go wrong: a far singlet or another
    sector costs almost no energy. `exactness` holds, beside what `EnergyVariance` asks for,
    `label_error_correlation` and `label_error_renyi2`, float64 (R,), and of builds that hold a
    sample of rows against another solver `UNSETTLED` and `DIFFERENCES`.
    """

    sentence: ClassVar[str] = (
        "`label_error_correlation` and `label_error_renyi2` are the largest errors to expect of "
        "any entry of the row's correlation and of its pair entropies, estimated for each row "
        f"and below {PROMISED[0]:.0e} and {PROMISED[1]:.0e} bit, or the build stops. Of twenty "
        "rows one is solved again by another solver where there is one, and the build stops where "
        "that differs by more at an energy as low; the manifest says how many were. "
        "`energy_variance` = ⟨H²⟩ − ⟨H⟩² is zero for an eigenstate, and by Weinstein's inequality "
        "an eigenvalue lies within its square root of `energy`; below 1e-10 of `energy`² it is "
        "rounding and may be negative."
    )
    columns: ClassVar[tuple[Column, ...]] = (
        *EnergyVariance.columns,
        *(
            Column(
                *(f"label_error_{name}", "float32", (), unit),
                f"largest error to expect of an entry of {name}, estimated by the solver",
                is_label=True,
            )
            for name, unit in zip(_LABELS, ("1", "bit"), strict=True)
        ),
    )

    def wrong(self, arrays: Arrays) -> Iterator[tuple[str, Wrong]]:
        """Negative estimates, and what `EnergyVariance` finds."""
        yield from super().wrong(arrays)
        for name in (f"label_error_{label}" for label in _LABELS):
            if name in arrays:
                yield name, (arrays[name] < 0, "are negative")

    def refuse(
        self, config: str, row_id: NDArray[np.int64], exactness: Arrays, limit: float
    ) -> None:
        """See `Certificate.refuse`; a limit above the usual one asks for rougher rows."""
        super().refuse(config, row_id, exactness, limit)
        if limit > VARIANCE_LIMIT:
            return
        for name, allowed in zip(_LABELS, PROMISED, strict=True):
            error = exactness[f"label_error_{name}"]
            missed = np.flatnonzero(~(error <= allowed))
            if len(missed):
                raise WorkError(
                    f"{config} rows {_named(row_id[missed])}: {name} may be off by "
                    f"{error[missed].max():.1e}, promised is {allowed:.0e}. The bond is too small "
                    "for them: give a larger one with --bond, or accept rougher rows with a larger "
                    "--variance-limit."
                )
        for name, column, allowed in zip(_LABELS, DIFFERENCES, PROMISED, strict=True):
            off = exactness.get(column, np.zeros(0))
            missed = np.flatnonzero(off > allowed)
            if len(missed):
                raise WorkError(
                    f"{config} rows {_named(row_id[missed])}: another solver comes to an energy as "
                    f"low or lower with another {name}, off by {off[missed].max():.1e}; promised "
                    f"is {allowed:.0e}. These rows are not ground states, or their bond is too "
                    "small: accept rougher rows with a larger --variance-limit and a --bond, and "
                    "report the family, size and seed."
                )

    def summary(self, exactness: Arrays) -> dict[str, Any]:
        """Median and largest label errors beside the variance."""
        out = super().summary(exactness)
        for name in (f"label_error_{label}" for label in _LABELS):
            out[f"{name}_median"] = float(np.median(exactness[name]))
            out[f"{name}_max"] = float(exactness[name].max())
        above = exactness.get(UNSETTLED, np.zeros(0))
        out["independent_rows"] = int((above == 0.0).sum())
        out["independent_rows_unsettled"] = int((above == 1.0).sum())
        for name in DIFFERENCES:
            known = exactness.get(name, np.zeros(0))
            if (~np.isnan(known)).any():
                out[f"{name}_max"] = float(np.nanmax(known))
        return out


def _named(rows: NDArray[np.int64]) -> str:
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    return ", ".join(str(row) for row in rows[:_NAMED]) + more
