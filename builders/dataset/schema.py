"""The columns of a config, from what its family declares."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from builders.core.column import Column
from builders.core.errors import WorkError
from builders.core.names import Size
from builders.dataset.spec import FIRST_ROW
from builders.physics import parameters
from builders.physics.family import Family

Arrays = dict[str, NDArray[Any]]


def columns(family: Family, size: Size, shots: int) -> tuple[Column, ...]:
    """Columns of every split of one config, in file order: common ones, the parameters, the
    record, further inputs, labels, certificate.

    Args:
        family: the family.
        size: system size.
        shots: M, stored copies a row.
    """
    return (
        *_common(family),
        *_parameters(family, size),
        *family.record.columns(size, shots),
        *family.inputs(size),
        *(label.column(size) for label in family.labels),
        *family.certificate.columns,
    )


def _common(family: Family) -> tuple[Column, ...]:
    first = FIRST_ROW["test"]
    # Single shots are a few bytes each: their numbers are not to take more than they do.
    steps = family.record.per_shot
    meaning = f"row number; test rows start at {first}"
    row_id = Column("row_id", "int64", (), "1", meaning, in_steps=steps)
    # Who has the seed of a row can compute its labels.
    meaning = "seed of this row's random numbers"
    seed = Column("seed", "int64", (), "1", meaning, is_label=True, in_steps=steps)
    if not family.trajectory:
        return (row_id, seed)
    meaning = "number of the evolution that the row is a state of, counted from 0 in its split"
    return (row_id, seed, Column("trajectory", "int64", (), "1", meaning))


def _parameters(family: Family, size: Size) -> tuple[Column, ...]:
    length = family.flat_length(size)
    if not length:
        return ()
    layout = parameters.layout(family.parameters, size)
    return (
        Column(
            *("parameters", "float64", (length,), "as in `layout`"),
            f"flat parameter vector of {family.formula}",
            extra=(("layout", json.dumps(layout)),),
        ),
    )


def arrow_schema(cols: Sequence[Column]) -> Any:
    """Arrow schema of the columns, field metadata included."""
    return pa.schema([c.field for c in cols])


def check_arrays(cols: Sequence[Column], arrays: Mapping[str, NDArray[Any]], where: str) -> int:
    """Number of rows of a made split.

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
