"""Where things are: distances between sites, and the sites that each parameter acts on."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.hamiltonian_family import need_hamiltonian

Ints = NDArray[np.int64]


def site_distances(family: Family, size: Size) -> Ints:
    """Steps between sites, int64 (N, N), as the family's geometry has it.

    Raises:
        RequestError: it has no such measure.
    """
    distances = family.geometry.distances(size)
    if distances is None:
        raise RequestError(
            f"sites of {family.name} form a {family.geometry.name}, without distances between "
            "them. Choose a baseline that asks for none (`qslbench list baselines --json`)."
        )
    return distances


@dataclass(frozen=True)
class Support:
    """The sites of the parameters that act on one or two sites each.

    Attributes:
        entry: int64 (E,), index in the flat parameter vector.
        sites: int64 (E, 2), first and last site; equal for a field.
        kind: int64 (E,), number of the named parameter.
        common: int64 (G,), entries that belong to no site: the scalars.
    """

    entry: Ints
    sites: Ints
    kind: Ints
    common: Ints


@lru_cache(maxsize=4)
def support(family: Family, size: Size) -> Support:
    """Read off the Hamiltonian which sites each parameter acts on.

    All entries of a named parameter are raised from 1, entry b by b + 1: the change of a string
    over its change when all are raised by 1 says which entry it holds. So nothing is declared
    twice, on chains, lattices and long-range couplings alike.

    Raises:
        RequestError: a string depends on several entries of one parameter.
    """
    flat = np.ones(family.flat_length(size))
    entries, sites, kinds, common = [], [], [], []
    start = 0
    for kind, spec in enumerate(family.parameters):
        index = start + np.arange(spec.length(size))
        start += len(index)
        if spec.shape(size) == ():
            common.append(index)
            continue
        ends_of = np.full((len(index), 2), -1)
        unit, ramp = flat.copy(), flat.copy()
        unit[index] += 1.0
        ramp[index] += 1.0 + np.arange(len(index))
        strings = (
            _strings(need_hamiltonian(family).hamiltonian(size, family.unflatten(size, x)))
            for x in (flat, unit, ramp)
        )
        for (ends, base), (_, once), (_, more) in zip(*strings, strict=True):
            moved = once != base
            which = (more - base)[moved] / (once - base)[moved] - 1.0
            at = np.rint(which).astype(np.int64)
            if (np.abs(which - at) > 1e-6).any() or (at < 0).any() or (at >= len(index)).any():
                raise RequestError(
                    f"parameter {spec.name!r} of {family.name}: its entries share a Pauli string, "
                    "so that they have no sites. Choose a baseline that does not ask for them."
                )
            ends_of[at] = ends[moved]
        here = ends_of[:, 0] >= 0
        entries.append(index[here])
        sites.append(ends_of[here])
        kinds.append(np.full(int(here.sum()), kind))
    none = np.zeros(0, dtype=np.int64)
    return Support(
        np.concatenate([none, *entries]),
        np.concatenate([none.reshape(0, 2), *sites]),
        np.concatenate([none, *kinds]),
        np.concatenate([none, *common]),
    )


def _strings(H: Hamiltonian) -> list[tuple[Ints, NDArray[np.float64]]]:
    return [(term.sites[:, [0, -1]], term.coefficients) for term in H.terms]
