"""Physical checks of the arrays of a split; every complaint names the column and the first row."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.dataset.schema import Arrays
from builders.dataset.spec import BuildSpec, row_seed
from builders.physics.family import Family
from builders.physics.prepared import PreparedFamily

# Every quantum state obeys the bounds, a badly converged one too: only float32 rounding may pass.
SLACK = 1e-5
# <H²> and <H>² are near-equal float64 numbers: their difference is exact to about this times E².
VARIANCE_ROUNDING = 1e-10

# Which rows are wrong, (R,), and how.
Wrong = tuple[Any, str]


def problems(spec: BuildSpec, split: str, arrays: Arrays, family: Family) -> list[str]:
    """What is wrong with a split, in words; columns that are not there are not checked."""
    return [f"{spec.config} {split}: {text}" for text in _all(spec, split, arrays, family)]


def duplicates(config: str, splits: dict[str, Arrays], family: Family) -> list[str]:
    """Rows that repeat another row of the same split or of another one.

    Two rows are one and the same if their parameters are; where these do not fix the state, if
    their shots are.
    """
    column = "shots" if isinstance(family, PreparedFamily) else "parameters"
    seen: dict[bytes, str] = {}
    found = []
    for split, arrays in splits.items():
        if column not in arrays:
            continue
        for row_id, row in zip(arrays["row_id"], arrays[column], strict=True):
            here = f"{split} row {row_id}"
            first = seen.setdefault(row.tobytes(), here)
            if first != here:
                found.append(f"{config}: {here} has the {column} of {first}.")
    return found


def _all(spec: BuildSpec, split: str, arrays: Arrays, family: Family) -> Iterator[str]:
    ids = arrays["row_id"]
    if ids.tolist() != list(spec.row_ids(split)):
        yield f"row_id is not {spec.row_ids(split)}, in order."
        return
    for name, check in _CHECKS.items():
        if name in arrays:
            wrong, how = check(arrays[name], spec.size.sites)
            if wrong.any():
                rows = ids[wrong]
                yield f"column {name}: {len(rows)} rows {how}, first row_id {rows[0]}."
    if "seed" in arrays:
        expected = [row_seed(spec.config, spec.seed, int(k)) for k in ids]
        if arrays["seed"].tolist() != expected:
            yield f"column seed: not the seeds of data set seed {spec.seed}."
    if "parameters" in arrays:
        yield from _parameters(spec, arrays, family)
    if "phase" in arrays:
        yield from _phase(arrays, len(family.phases))
    if "energy_variance" in arrays and "energy" in arrays:
        floor = -VARIANCE_ROUNDING * np.maximum(1.0, arrays["energy"] ** 2)
        low = arrays["energy_variance"] < floor
        if low.any():
            yield f"column energy_variance: {low.sum()} rows negative, first row_id {ids[low][0]}."


def _parameters(spec: BuildSpec, arrays: Arrays, family: Family) -> Iterator[str]:
    for row_id, flat in zip(arrays["row_id"], arrays["parameters"], strict=True):
        try:
            family.check(spec.size, family.unflatten(spec.size, flat))
        except RequestError as error:
            yield f"column parameters, row_id {row_id}: {error}"
            return


def _phase(arrays: Arrays, phases: int) -> Iterator[str]:
    ids, phase = arrays["row_id"], arrays["phase"]
    for name, wrong, how in (
        ("phase", (phase < 0) | (phase >= phases), f"are outside 0 to {phases - 1}"),
        ("phase_margin", arrays["phase_margin"] < 0, "are negative"),
    ):
        if wrong.any():
            yield f"column {name}: {wrong.sum()} rows {how}, first row_id {ids[wrong][0]}."


def _shots(array: NDArray[Any], _sites: int) -> Wrong:
    return (array > 5).any(axis=(1, 2)), "hold tokens above 5"


def _correlation(array: NDArray[Any], sites: int) -> Wrong:
    """C symmetric, C_ii = 1; off the diagonal −1 (singlet) ≤ C ≤ 1/3 (triplet)."""
    diagonal = np.einsum("rii->ri", array)
    off = array - np.eye(sites, dtype=array.dtype)
    wrong = (
        (array != array.transpose(0, 2, 1)).any(axis=(1, 2))
        | (diagonal != 1).any(axis=1)
        | (off < -1 - SLACK).any(axis=(1, 2))
        | (off > 1 / 3 + SLACK).any(axis=(1, 2))
    )
    return wrong, "are not symmetric with unit diagonal and entries from -1 to 1/3"


def _renyi2(array: NDArray[Any], _sites: int) -> Wrong:
    return ((array < -SLACK) | (array > 2 + SLACK)).any(axis=1), "are outside 0 to 2 bits"


def _renyi2_blocks(array: NDArray[Any], sites: int) -> Wrong:
    cut = np.arange(1, sites)
    top = np.minimum(cut, sites - cut) + SLACK
    return ((array < -SLACK) | (array > top)).any(axis=1), "are outside 0 to min(l, N-l) bits"


_CHECKS: dict[str, Callable[[NDArray[Any], int], Wrong]] = {
    "shots": _shots,
    "correlation": _correlation,
    "renyi2": _renyi2,
    "renyi2_blocks": _renyi2_blocks,
}
