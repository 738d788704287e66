"""Checks of a split against what its family declares; complaints name the column and the row."""

from collections.abc import Iterator

import numpy as np

from builders.core.errors import RequestError
from builders.dataset.schema import Arrays
from builders.dataset.spec import BuildSpec, is_hidden
from builders.physics.family import Family
from builders.physics.label import Wrong

# Rows of equal parameters are checked once: per-shot data have very many.
_CHECKED = 2000


def problems(spec: BuildSpec, split: str, arrays: Arrays, family: Family) -> list[str]:
    """What is wrong with a split, in words; columns that are not there are not checked."""
    return [f"{spec.config} {split}: {text}" for text in _all(spec, split, arrays, family)]


def duplicates(config: str, splits: dict[str, Arrays], family: Family) -> list[str]:
    """Rows that repeat another row of the same split or of another one.

    Two rows are one and the same if their parameters are; where these do not fix the row, if its
    record is; where rows are shots, none.
    """
    if family.identity == "none":
        return []
    names = ("parameters",) if family.identity == "parameters" else family.record.names
    seen: dict[bytes, str] = {}
    repeats = []
    for split, arrays in splits.items():
        if not all(name in arrays for name in names):
            continue
        for k, row_id in enumerate(arrays["row_id"].tolist()):
            here = f"{split} row {row_id}"
            first = seen.setdefault(b"".join(arrays[name][k].tobytes() for name in names), here)
            if first != here:
                repeats.append(f"{config}: {here} has the {' and '.join(names)} of {first}.")
    return repeats


def _all(spec: BuildSpec, split: str, arrays: Arrays, family: Family) -> Iterator[str]:
    ids = arrays["row_id"]
    expected = spec.row_ids(split)
    if not np.array_equal(ids, np.arange(expected.start, expected.stop)):
        yield f"row_id is not {expected}, in order."
        return
    for name, (wrong, how) in _wrong(spec, arrays, family):
        if wrong.any():
            rows = f"{wrong.sum()} of {len(ids)} rows"
            yield f"column {name}: {rows} {how}, first row_id {ids[wrong][0]}."
    yield from _seeds(spec, split, arrays)
    if family.trajectory and "trajectory" in arrays:
        steps = np.arange(len(ids)) // family.rows_a_seed
        if not np.array_equal(arrays["trajectory"], steps):
            yield f"column trajectory: not counted in steps of {family.rows_a_seed} rows."
    if "parameters" in arrays:
        yield from _parameters(spec, arrays, family)


def _wrong(spec: BuildSpec, arrays: Arrays, family: Family) -> Iterator[tuple[str, Wrong]]:
    yield from family.record.wrong(arrays, spec.size)
    for label in family.labels:
        if label.name in arrays:
            yield label.name, label.wrong(arrays[label.name], spec.size)
    yield from family.certificate.wrong(arrays)


def _seeds(spec: BuildSpec, split: str, arrays: Arrays) -> Iterator[str]:
    if "seed" not in arrays or (is_hidden(split) and spec.test_seed is None):
        return
    if not np.array_equal(arrays["seed"], spec.seed_column(split, spec.row_ids(split))):
        yield "column seed: not the seeds of the data set's seed."


def _parameters(spec: BuildSpec, arrays: Arrays, family: Family) -> Iterator[str]:
    rows, ids = arrays["parameters"], arrays["row_id"]
    if len(rows) > _CHECKED:
        rows, first = np.unique(rows, axis=0, return_index=True)
        ids = ids[first]
    for row_id, flat in zip(ids, rows, strict=True):
        try:
            family.check(spec.size, family.unflatten(spec.size, flat))
        except RequestError as error:
            yield f"column parameters, row_id {row_id}: {error}"
            return
