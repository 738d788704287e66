"""The couplings around a pair of sites, in the frame of the pair, on chains and lattices.

A finite lattice is an infinite one whose couplings are 0 outside. So what is around a pair is told
in the same words everywhere: translations, and the turns and reflections that bring the pair's
displacement to (a, b), a ≥ b ≥ 0, change nothing. Those that keep the displacement or turn
the pair around are symmetries of the window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.geometry import Support, support
from baselines.inputs.pair_features import RANGE
from baselines.inputs.pairs import Pairs
from builders.core.names import Size
from builders.physics.family import Family

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shift = tuple[int, int]

# Turns and reflections of the square lattice, (8, 2, 2).
_TURNS = np.array(
    [
        [[s, 0], [0, t]] if straight else [[0, s], [t, 0]]
        for straight in (True, False)
        for s in (1, -1)
        for t in (1, -1)
    ]
)


@dataclass(frozen=True)
class PairWindow:
    """Pairs of one displacement, and where what is around them stands in the parameters.

    Attributes:
        shift: the displacement (a, b).
        pairs: int64 (K,), numbers of the pairs.
        entry: int64 (K, W), the entry of the flat parameter vector that each coordinate holds;
            −1 where there is no such parameter.
        images: int64 (F, W), for each symmetry the coordinate that each one is taken to.
        kind: int64 (W,), named parameter of each coordinate.
        steps: float64 (W,), from the nearer site of the pair to the far end of the parameter.
    """

    shift: Shift
    pairs: Ints
    entry: Ints
    images: Ints
    kind: Ints
    steps: Floats

    def values(self, parameters: Floats) -> Floats:
        """Parameters float64 (R, P) → windows (R, K, W); 0 where there is no parameter."""
        padded = np.concatenate([parameters, np.zeros((len(parameters), 1))], axis=1)
        return np.asarray(padded[:, self.entry])


def pair_windows(
    family: Family, pairs: Pairs, *, radius: int, farthest: int
) -> tuple[PairWindow, ...]:
    """Windows of all displacements of at most `farthest` steps, the nearest first.

    Args:
        family: the family of the Hamiltonians.
        pairs: the pairs.
        radius: steps from the nearer site of a pair to the far end of a parameter, at most.
        farthest: steps between the sites of a pair, at most.
    """
    return _pair_windows(family, pairs.size, pairs.is_matrix, radius, farthest)


@lru_cache(maxsize=4)
def _pair_windows(
    family: Family, size: Size, is_matrix: bool, radius: int, farthest: int
) -> tuple[PairWindow, ...]:
    n = size.sites
    sites = np.stack(np.triu_indices(n, 1), axis=1)
    if not is_matrix:
        sites = np.stack([np.arange(n - 1), np.arange(1, n)], axis=1)
    places = np.stack(np.divmod(np.arange(n), size.columns or n), axis=1)
    terms = _short(support(family, size), places)
    shift = np.sort(np.abs(places[sites[:, 1]] - places[sites[:, 0]]), axis=1)[:, ::-1]
    classes = sorted({(a + b, a, b) for a, b in shift.tolist()})
    return tuple(
        _window((a, b), np.flatnonzero((shift == (a, b)).all(axis=1)), sites, places, terms, radius)
        for steps, a, b in classes
        if steps <= farthest
    )


def _short(terms: Support, places: Ints) -> Support:
    length = np.abs(places[terms.sites[:, 0]] - places[terms.sites[:, 1]]).sum(axis=1)
    kept = length <= RANGE
    return Support(terms.entry[kept], terms.sites[kept], terms.kind[kept], terms.common)


def _window(
    shift: Shift, at: Ints, sites: Ints, places: Ints, terms: Support, radius: int
) -> PairWindow:
    symmetries = [(turn, move) for turn, move in _onto(np.array(shift), shift)]
    seen = [_seen(places[sites[k]], shift, places, terms, radius) for k in at]
    names = sorted({_moved(name, *s) for one in seen for name in one for s in symmetries})
    number = {name: w for w, name in enumerate(names)}
    entry = np.full((len(at), len(names)), -1)
    for k, one in enumerate(seen):
        for name, where in one.items():
            entry[k, number[name]] = where
    images = np.array([[number[_moved(name, *s)] for name in names] for s in symmetries])
    kind = np.array([name[0] for name in names], dtype=np.int64)
    steps = np.array([_steps(name, shift).max() for name in names])
    images = np.unique(images.reshape(len(symmetries), len(names)), axis=0)
    return PairWindow(shift, at, entry, images, kind, steps.astype(np.float64))


Name = tuple[int, Shift, Shift]  # kind, and the places of both ends in the frame of the pair


def _seen(ends: Ints, shift: Shift, places: Ints, terms: Support, radius: int) -> dict[Name, int]:
    """Parameters near a pair by name, in one of its frames."""
    turn, move = _onto(ends[1] - ends[0], shift)[0]
    moved = (places - ends[0]) @ turn.T + move
    out = {}
    for entry, (u, v), kind in zip(
        terms.entry.tolist(), terms.sites.tolist(), terms.kind.tolist(), strict=True
    ):
        name = _name(kind, moved[u], moved[v])
        if _steps(name, shift).max() <= radius:
            out[name] = entry
    return out


def _onto(displacement: Ints, shift: Shift) -> list[tuple[Ints, Ints]]:
    """Turns with what is added after them that bring a pair at 0 and `displacement` to 0 and
    `shift`, whichever end comes first.
    """
    motions, zero = [], np.zeros(2, dtype=np.int64)
    for turn in _TURNS:
        image = turn @ displacement
        if (image == shift).all():
            motions.append((turn, zero))
        if (image == np.negative(shift)).all():
            motions.append((turn, np.array(shift)))
    return motions


def _moved(name: Name, turn: Ints, move: Ints) -> Name:
    kind, *ends = name
    return _name(kind, *(turn @ end + move for end in ends))


def _name(kind: int, *ends: Ints) -> Name:
    low, high = sorted((int(x), int(y)) for x, y in ends)
    return kind, low, high


def _steps(name: Name, shift: Shift) -> Ints:
    """Steps from each end of a parameter to the nearer site of the pair."""
    ends: Sequence[Shift] = name[1:]
    return np.array([min(abs(x) + abs(y), abs(x - shift[0]) + abs(y - shift[1])) for x, y in ends])
