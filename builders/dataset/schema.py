"""The columns of a data set: name, dtype, shape, unit, meaning, and whether they are labels."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from builders.core.errors import WorkError
from builders.core.names import Size
from builders.physics.family import Family

Arrays = dict[str, NDArray[Any]]

DTYPES = {
    "int64": pa.int64(),
    "uint64": pa.uint64(),
    "uint8": pa.uint8(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "string": pa.string(),
}
HIDDEN_PREFIX = "test"


@dataclass(frozen=True)
class Column:
    """One column of a split.

    Attributes:
        name: column name.
        dtype: numpy name of the leaf type, or `string`.
        shape: shape of one row's value; () for a scalar.
        unit: unit of the numbers, `1` where they have none.
        meaning: one sentence.
        is_label: hidden in the public test splits.
        extra: more field metadata, as text.
        classes: names of the values 0, 1, … of a class label, else empty.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    unit: str
    meaning: str
    is_label: bool = False
    extra: tuple[tuple[str, str], ...] = ()
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"{self.dtype=} of column {self.name}: one of {', '.join(DTYPES)}")
        if any(length < 1 for length in self.shape):
            raise ValueError(f"{self.shape=} of column {self.name}: lengths are positive")

    @property
    def arrow_type(self) -> Any:
        """Nested FixedSizeList of the leaf type, outermost axis first."""
        kind = DTYPES[self.dtype]
        for length in reversed(self.shape):
            # `element` is the name that Parquet gives it.
            kind = pa.list_(pa.field("element", kind), length)
        return kind

    @property
    def field(self) -> Any:
        """Arrow field with dtype, shape, unit and meaning in its metadata."""
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


def columns(family: Family, size: Size, shots: int) -> tuple[Column, ...]:
    """Columns of every split of one config, in file order.

    Args:
        family: the family, which names the parameters.
        size: N sites.
        shots: M, stored shots a row.
    """
    n = size.sites
    energy = "energy unit of H"
    return (
        Column("row_id", "int64", (), "1", "row number; test rows start at 1000000"),
        Column("seed", "uint64", (), "1", "seed of this row's random numbers"),
        Column(
            "parameters",
            "float64",
            (family.flat_length(size),),
            "as in `layout`",
            f"flat parameter vector of {family.formula}",
            extra=(("layout", json.dumps(parameter_layout(family, size))),),
        ),
        Column(
            "shots",
            "uint8",
            (shots, n),
            "1",
            "one token a shot and site: 2*basis + bit, basis 0, 1, 2 = X, Y, Z, "
            "bit 0 is eigenvalue +1",
        ),
        Column("energy", "float64", (), energy, "⟨H⟩ of the ground state in its sector", True),
        Column(
            "energy_variance",
            "float64",
            (),
            f"({energy})^2",
            "⟨H²⟩ − ⟨H⟩², the certificate",
            True,
        ),
        Column(
            "correlation",
            "float32",
            (n, n),
            "1",
            "C_ij = (⟨X_i X_j⟩ + ⟨Y_i Y_j⟩ + ⟨Z_i Z_j⟩) / 3, C_ii = 1",
            True,
        ),
        Column(
            "renyi2",
            "float32",
            (n - 1,),
            "bit",
            "-log2 tr ρ² of the neighbouring pair (a, a+1)",
            True,
        ),
        Column(
            "renyi2_blocks",
            "float32",
            (n - 1,),
            "bit",
            "-log2 tr ρ² of the a+1 leftmost sites",
            True,
        ),
        *_phase_columns(family),
    )


def _phase_columns(family: Family) -> tuple[Column, ...]:
    if not family.phases:
        return ()
    names = ", ".join(f"{k} = {name}" for k, name in enumerate(family.phases))
    return (
        Column("phase", "int64", (), "1", f"phase: {names}", True, classes=family.phases),
        Column(
            "phase_margin",
            "float64",
            (),
            "1",
            "distance of the quantity that decides the phase from the nearest boundary",
            True,
        ),
    )


def parameter_layout(family: Family, size: Size) -> list[dict[str, Any]]:
    """Where each named parameter stands in the flat vector.

    Returns:
        One entry a parameter: name, start, length, shape, symmetric (then the entries are the
        upper triangle row by row, without the diagonal), meaning.
    """
    layout: list[dict[str, Any]] = []
    start = 0
    for p in family.parameters:
        length = p.length(size)
        layout.append(
            {
                "name": p.name,
                "start": start,
                "length": length,
                "shape": list(p.shape(size)),
                "symmetric": p.symmetric,
                "meaning": p.meaning,
            }
        )
        start += length
    return layout


def is_hidden(split: str) -> bool:
    """Whether the public folder withholds the labels of this split."""
    return split.startswith(HIDDEN_PREFIX)


def arrow_schema(cols: Sequence[Column]) -> Any:
    """Arrow schema of the columns, field metadata included."""
    return pa.schema([c.field for c in cols])


def check_arrays(cols: Sequence[Column], arrays: Mapping[str, NDArray[Any]], where: str) -> int:
    """Number of rows of a solved split.

    Raises:
        WorkError: a missing or unknown column, a wrong dtype or shape, a value not finite.
    """
    names = [c.name for c in cols]
    if sorted(arrays) != sorted(names):
        missing = [n for n in names if n not in arrays]
        extra = [n for n in arrays if n not in names]
        raise WorkError(f"{where}: missing columns {missing or 'none'}, unknown {extra or 'none'}.")
    rows = len(arrays[names[0]])
    for c in cols:
        array = arrays[c.name]
        if array.dtype != np.dtype(c.dtype) or array.shape != (rows, *c.shape):
            raise WorkError(
                f"{where}: column {c.name} is {array.dtype} {array.shape}; "
                f"the contract is {c.dtype} {(rows, *c.shape)}."
            )
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise WorkError(f"{where}: column {c.name} is not finite, first at {at}.")
    return rows
