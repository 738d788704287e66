"""What is hidden in test: one quantity a row, its shape, its bounds, its summaries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.column import Column
from builders.core.names import Size

Wrong = tuple[Any, str]
"""Which rows are wrong, bool (R,), and how, in words that follow "3 rows"."""


@dataclass(frozen=True)
class Axis:
    """One axis of a label.

    Attributes:
        name: what is counted along it: `site`, `pair`, `cut`.
        length: function of the size.
    """

    name: str
    length: Callable[[Size], int]


SITE = Axis("site", lambda size: size.sites)
PAIR = Axis("pair", lambda size: size.sites - 1)  # the consecutive sites (a, a+1)
CUT = Axis("cut", lambda size: size.sites - 1)  # between the sites a and a+1


@dataclass(frozen=True)
class IndexSummary:
    """One plain value a row that the index shows of a label.

    Attributes:
        name: column of the index.
        unit: its unit.
        meaning: one sentence.
        of: (R, *shape), size → (R,).
    """

    name: str
    unit: str
    meaning: str
    of: Callable[[NDArray[Any], Size], NDArray[Any]]


@dataclass(frozen=True)
class Label:
    """A label: hidden in test, what tasks ask for.

    Attributes:
        name: column name.
        dtype: of its values; `int64` for classes.
        axes: of one row's value; () for one number.
        unit: `1` where it has none.
        meaning: definition in one sentence.
        per: what one value belongs to: `row`, or `shot` where a row is one shot.
        check: values (R, *shape), size → rows that no such label can have; None: any value.
        classes: names of the values 0, 1, … of a class; empty for numbers.
        rule: how a class is decided.
        summaries: its columns in the index.
        estimate: how it follows from the record, a sentence of the card; "" where it does not.
        noise: how far such an estimate is off, and what that means; a sentence of the card.
    """

    name: str
    dtype: str
    axes: tuple[Axis, ...]
    unit: str
    meaning: str
    per: str = "row"
    check: Callable[[NDArray[Any], Size], Wrong] | None = None
    classes: tuple[str, ...] = ()
    rule: str = ""
    summaries: tuple[IndexSummary, ...] = ()
    estimate: str = ""
    noise: str = ""

    def __post_init__(self) -> None:
        if self.per not in ("row", "shot"):
            raise ValueError(f"{self.per=} of label {self.name}: row or shot")
        if self.classes and (self.dtype != "int64" or self.axes):
            raise ValueError(f"{self.dtype=}, {self.axes=} of the class label {self.name}")
        if len(set(self.classes)) != len(self.classes):
            raise ValueError(f"{self.classes=} of label {self.name}: a class is named twice")

    def shape(self, size: Size) -> tuple[int, ...]:
        """Shape of one row's value."""
        return tuple(axis.length(size) for axis in self.axes)

    def column(self, size: Size) -> Column:
        """The column that holds it."""
        names = ", ".join(f"{k} = {name}" for k, name in enumerate(self.classes))
        meaning = f"{self.meaning}: {names}" if names else self.meaning
        return Column(
            *(self.name, self.dtype, self.shape(size), self.unit, meaning),
            is_label=True,
            classes=self.classes,
        )

    def wrong(self, values: NDArray[Any], size: Size) -> Wrong:
        """Rows whose value is impossible, and how."""
        if self.classes:
            top = len(self.classes) - 1
            return (values < 0) | (values > top), f"are outside 0 to {top}"
        if self.check is None:
            return np.zeros(len(values), dtype=np.bool_), ""
        return self.check(values, size)
