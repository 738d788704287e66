"""The parameters of a row: named arrays, checked, and as one flat vector."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size

Parameters = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Parameter:
    """One named parameter of a family.

    Attributes:
        name: as in the formula and in the parameter JSON.
        shape: function of the size; () for a scalar.
        meaning: one sentence with the unit.
        symmetric: an (N, N) matrix with zero diagonal, stored as its upper triangle row by row.
        default: what every entry is where the parameter is not given; None: it must be given.
    """

    name: str
    shape: Callable[[Size], tuple[int, ...]]
    meaning: str
    symmetric: bool = False
    default: float | None = None

    def length(self, size: Size) -> int:
        """Numbers that this parameter takes in the flat vector."""
        if self.symmetric:
            return size.sites * (size.sites - 1) // 2
        return int(np.prod(self.shape(size), dtype=int))


def check(
    owner: str, specs: Sequence[Parameter], size: Size, given: Mapping[str, Any]
) -> Parameters:
    """Parameters as float64 arrays of the right shapes.

    Raises:
        RequestError: a missing or unknown name, a wrong shape, a value that is not finite.
    """
    names = [p.name for p in specs]
    unknown = [name for name in given if name not in names]
    missing = [p.name for p in specs if p.name not in given and p.default is None]
    if unknown or missing:
        raise RequestError(
            f"parameters of {owner}: missing {missing or 'none'}, "
            f"unknown {unknown or 'none'}. Allowed and required: {', '.join(names)}."
        )
    return {
        p.name: _check_one(owner, p, size, given[p.name])
        if p.name in given
        else np.full(p.shape(size), p.default, dtype=np.float64)
        for p in specs
    }


def _check_one(owner: str, spec: Parameter, size: Size, value: Any) -> NDArray[np.float64]:
    where = f"parameter {spec.name!r} of {owner}"
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise RequestError(f"{where} is not an array of numbers: {str(value)[:80]!r}.") from None
    shape = spec.shape(size)
    if array.shape != shape:
        raise RequestError(f"{where} has shape {array.shape}; size {size} needs shape {shape}.")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad) and not shape:
        raise RequestError(f"{where} is {array}: give a finite number.")
    if len(bad):
        at = tuple(int(i) for i in bad[0])
        raise RequestError(f"{where} has {len(bad)} values that are not finite, first at {at}.")
    if spec.symmetric and (not np.array_equal(array, array.T) or np.diag(array).any()):
        raise RequestError(f"{where} must be symmetric with a zero diagonal.")
    return array


def flatten(specs: Sequence[Parameter], parameters: Parameters) -> NDArray[np.float64]:
    """Parameters in their declared order as one float64 (P,) vector."""
    parts = [np.empty(0)]
    for spec in specs:
        array = parameters[spec.name]
        upper = np.triu_indices(array.shape[0], 1) if spec.symmetric else ...
        parts.append(np.atleast_1d(array[upper]).ravel())
    return np.concatenate(parts)


def unflatten(specs: Sequence[Parameter], size: Size, flat: NDArray[np.float64]) -> Parameters:
    """Inverse of `flatten`."""
    out: Parameters = {}
    start = 0
    for spec in specs:
        part = np.asarray(flat[start : start + spec.length(size)], dtype=np.float64)
        start += spec.length(size)
        if spec.symmetric:
            matrix = np.zeros((size.sites, size.sites))
            matrix[np.triu_indices(size.sites, 1)] = part
            out[spec.name] = matrix + matrix.T
        else:
            out[spec.name] = part.reshape(spec.shape(size))
    return out


def layout(specs: Sequence[Parameter], size: Size) -> list[dict[str, Any]]:
    """Where each named parameter stands in the flat vector.

    Returns:
        One entry a parameter: name, start, length, shape, symmetric (then the entries are the
        upper triangle row by row, without the diagonal), meaning.
    """
    entries: list[dict[str, Any]] = []
    start = 0
    for p in specs:
        entries.append(
            {
                "name": p.name,
                "start": start,
                "length": p.length(size),
                "shape": list(p.shape(size)),
                "symmetric": p.symmetric,
                "meaning": p.meaning,
            }
        )
        start += p.length(size)
    return entries
