"""How exact a row is: the columns that say so, and what stops a build."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.column import Column
from builders.core.errors import WorkError
from builders.physics.label import Wrong
from builders.physics.state_labels import ENERGY_UNIT

Arrays = Mapping[str, NDArray[Any]]

VARIANCE_LIMIT = 2e-5
"""What a row of the board may have, in units of (energy unit)² · N."""
CLOSED_FORM_LIMIT = 1e-6
"""Largest relative difference to a closed-form energy, where the family has one."""
QUANTILES = {"5 %": 0.05, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "95 %": 0.95, "largest": 1.0}
"""Of the certificate's column over all rows of a config, as the manifest holds them."""
# <H²> and <H>² are near-equal float64 numbers: their difference is exact to about this times E².
VARIANCE_ROUNDING = 1e-10


class Certificate(ABC):
    """Base of every certificate.

    Class attributes:
        sentence: what it certifies, for people.
        columns: stored beside the labels and hidden with them.
        quantiles: the column whose distribution over all rows the manifest tells; "" for none.
    """

    sentence: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]] = ()
    quantiles: ClassVar[str] = ""

    def wrong(self, arrays: Arrays) -> Iterator[tuple[str, Wrong]]:
        """Its columns with values that cannot be, the rows and how."""
        del arrays
        yield from ()

    @abstractmethod
    def refuse(
        self, config: str, row_id: NDArray[np.int64], exactness: Arrays, limit: float
    ) -> None:
        """Stop a build whose rows are not exact enough.

        Args:
            config: for the message.
            row_id: int64 (R,).
            exactness: what the family measured of the rows, `MadeRows.exactness`.
            limit: what was asked for.

        Raises:
            WorkError: a row is not.
        """

    @abstractmethod
    def summary(self, exactness: Arrays) -> dict[str, Any]:
        """What the manifest tells of all rows."""


@dataclass(frozen=True)
class Exact(Certificate):
    """Labels that are exact by construction: nothing is stored, nothing can fail.

    Attributes:
        why: one sentence.
    """

    sentence: ClassVar[str] = "Labels are exact by construction."

    why: str

    def refuse(
        self, config: str, row_id: NDArray[np.int64], exactness: Arrays, limit: float
    ) -> None:
        """Never refuses."""

    def summary(self, exactness: Arrays) -> dict[str, Any]:  # noqa: ARG002
        """The reason."""
        return {"exact": self.why}


@dataclass(frozen=True)
class EnergyVariance(Certificate):
    """⟨H²⟩ − ⟨H⟩², zero for an eigenstate alone; rows with a closed form are compared with it.

    `exactness` holds `variance`, float64 (R,), in units of (energy unit)² · N, and `closed_form`,
    float64 (R,), the relative difference to a closed form, NaN without one.
    """

    sentence: ClassVar[str] = (
        "`energy_variance` = ⟨H²⟩ − ⟨H⟩² is zero for an eigenstate, and by Weinstein's inequality "
        "an eigenvalue lies within its square root of `energy`; below 1e-10 of `energy`² it is "
        "rounding and may be negative. Correlations are aimed to be within 5e-4 of the exact state "
        "on every entry, Rényi entropies within 1e-3 bit."
    )
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            *("energy_variance", "float64", (), f"({ENERGY_UNIT})^2"),
            "⟨H²⟩ − ⟨H⟩², the certificate",
            is_label=True,
        ),
    )
    quantiles: ClassVar[str] = "energy_variance"

    def wrong(self, arrays: Arrays) -> Iterator[tuple[str, Wrong]]:
        """Values below zero by more than rounding."""
        if "energy_variance" in arrays and "energy" in arrays:
            floor = -VARIANCE_ROUNDING * np.maximum(1.0, arrays["energy"] ** 2)
            yield "energy_variance", (arrays["energy_variance"] < floor, "negative")

    def refuse(
        self, config: str, row_id: NDArray[np.int64], exactness: Arrays, limit: float
    ) -> None:
        """See `Certificate.refuse`."""
        worst = int(np.argmax(exactness["variance"]))
        if not exactness["variance"][worst] < limit:
            raise WorkError(
                f"{config} row {row_id[worst]}: energy variance {exactness['variance'][worst]:.3g} "
                f"is above the limit of {limit:.0e}, in units of N · (energy unit)². The bond is "
                "too small for this row."
            )
        off = np.nan_to_num(exactness["closed_form"])
        if off.max() > CLOSED_FORM_LIMIT:
            raise WorkError(
                f"{config} row {row_id[off.argmax()]}: the energy differs from the closed form by "
                f"{off.max():.1e} of it. DMRG stuck in another state."
            )

    def summary(self, exactness: Arrays) -> dict[str, Any]:
        """Median and largest variance, and the largest difference to a closed form."""
        summary = {
            "relative_variance_median": float(np.median(exactness["variance"])),
            "relative_variance_max": float(exactness["variance"].max()),
        }
        if not np.isnan(exactness["closed_form"]).all():
            summary["closed_form_energy_error_max"] = float(np.nanmax(exactness["closed_form"]))
        return summary
