"""Plain numbers of a row that follow from several of its columns; the index has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size

if TYPE_CHECKING:
    from builders.physics.family import Family

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class RowFigure:
    """One number a row, hidden wherever a column is that it needs.

    Attributes:
        name: column of the index.
        title: for people.
        unit: `1` where it has none.
        meaning: definition in one sentence, without the full stop.
        needs: names of the columns that it follows from, one hidden label at least.
        of: family, size, columns (R, …) → float64 (R,).
    """

    name: str
    title: str
    unit: str
    meaning: str
    needs: tuple[str, ...]
    of: Callable[["Family", Size, Arrays], NDArray[np.float64]]

    def values(self, family: "Family", size: Size, arrays: Arrays) -> NDArray[np.float64] | None:
        """float64 (R,); None where a column is missing that it needs."""
        if any(name not in arrays for name in self.needs):
            return None
        return self.of(family, size, arrays)
