"""One column of a data set: name, dtype, shape, unit, meaning."""

import json
from dataclasses import dataclass
from typing import Any

DTYPES = ("bool", "int64", "uint8", "float32", "float64", "string")
"""Integers fit int64: torch's loader has no larger ones."""


@dataclass(frozen=True)
class Column:
    """One column of a split.

    Attributes:
        name: column name.
        dtype: one of `DTYPES`, of the leaves.
        shape: shape of one row's value; () for a scalar.
        unit: unit of the numbers, `1` where they have none.
        meaning: one sentence.
        is_label: hidden in the public test splits.
        extra: more field metadata, as text.
        classes: names of the values 0, 1, … of a class label, else empty.
        in_steps: whether numbers follow each other in equal steps, and are stored as such.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    unit: str
    meaning: str
    is_label: bool = False
    extra: tuple[tuple[str, str], ...] = ()
    classes: tuple[str, ...] = ()
    in_steps: bool = False

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"{self.dtype=} of column {self.name}: one of {', '.join(DTYPES)}")
        if any(length < 1 for length in self.shape):
            raise ValueError(f"{self.shape=} of column {self.name}: lengths are positive")

    @property
    def arrow_type(self) -> Any:
        """Nested FixedSizeList of the leaf type, outermost axis first; List of a label.

        A label may be withheld, and nulls of fixed-size lists cannot be read by pyarrow before 26.
        """
        import pyarrow as pa

        kind = pa.bool_() if self.dtype == "bool" else getattr(pa, self.dtype)()
        for length in reversed(self.shape):
            # `element` is the name that Parquet gives it.
            kind = pa.list_(pa.field("element", kind), -1 if self.is_label else length)
        return kind

    @property
    def field(self) -> Any:
        """Arrow field with dtype, shape, unit and meaning in its metadata."""
        import pyarrow as pa

        metadata = {
            "dtype": self.dtype,
            "shape": json.dumps(list(self.shape)),
            "unit": self.unit,
            "meaning": self.meaning,
            "label": str(self.is_label).lower(),
            **({"classes": json.dumps(list(self.classes))} if self.classes else {}),
            **dict(self.extra),
        }
        return pa.field(self.name, self.arrow_type, metadata=metadata)

    @property
    def leaf_path(self) -> str:
        """Path of the leaf column inside Parquet."""
        return self.name + ".list.element" * len(self.shape)
