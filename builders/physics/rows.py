"""Rows on their way into a data set: what they were asked to be, and what a family made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.physics.calibration import Calibration
from builders.physics.certificate import VARIANCE_LIMIT

Arrays = dict[str, NDArray[Any]]
Generators = Sequence[np.random.Generator]


@dataclass(frozen=True)
class BuildSettings:
    """How rows are made, the same for all rows of a config.

    Attributes:
        solver: one of the family's solvers, or its method.
        variance_limit: what the certificate is held against; see `Certificate.refuse`.
        bond: bond dimension at most, in states; None: the family's own.
        shifted: whether the rows are of the family's shifted distribution.
        device: whose gates the circuits run on; None for ideal ones, and where rows are no
            circuits.
        channel: of the config, where rows are made of it; "" where there is none, and where it acts
            on the record once this is sampled.
        texts: `Family.texts` as they stand in a folder; None: to be made.
    """

    solver: str
    variance_limit: float = VARIANCE_LIMIT
    bond: int | None = None
    shifted: bool = False
    device: Calibration | None = None
    channel: str = ""
    texts: Mapping[str, str] | None = None


@dataclass(frozen=True, eq=False)
class MadeRows:
    """R rows of one family and size.

    Attributes:
        columns: labels, certificate columns and further columns, (R, …), in their dtypes.
        sample: (copies a row, one generator a seed) → the columns of the record.
        exactness: what the certificate judges, (R,); not stored.
    """

    columns: Arrays
    sample: Callable[[int, Generators], Arrays]
    exactness: Arrays = field(default_factory=dict)
