"""Best angles of graphs: many starts at once, each by a quasi-Newton method, the best of them kept.

Depth 1 starts from a grid. Depth p > 1 starts from the fixed angles, from the best ones of depth
p − 1 stretched to p layers (Zhou et al., PRX 10, 021067 (2020), their INTERP), and from random
angles. All starts take some steps, with states in single precision; the best few are followed to
the end in double. Of ends whose expected
cuts are equal the one nearest to the fixed angles is kept, in the canonical form of
`builders.solvers.graphs.symmetries`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.solvers.graphs.ascent import Function, ascend, polish
from builders.solvers.graphs.expected_cut import expected_cut
from builders.solvers.graphs.fixed_angles import fixed_angles
from builders.solvers.graphs.layers import Precision
from builders.solvers.graphs.symmetries import canonical

Floats = NDArray[np.float64]
_Way = Callable[[Function, Floats], tuple[Floats, Floats, Floats]]

GRID = 8
"""Values of γ at depth 1, with as many of β."""
RANDOM_STARTS = 4
FIRST_STEPS, LAST_STEPS = 5, 60
FOLLOWED = 2
EQUAL = 1e-7
"""Of the expected cut, relative: below, two ends are one maximum, or images of one another."""


@dataclass(frozen=True, eq=False)
class BestAngles:
    """What was found at one depth for R graphs; within the search S points of each, (R, S, …).

    Attributes:
        angles: float64 (R, 2p), canonical.
        value: float64 (R,), the expected cuts there.
        slope: float64 (R,), the largest derivative of the expected cut by an angle, relative to
            the expected cut.
    """

    angles: Floats
    value: Floats
    slope: Floats


def best_angles(
    weights: Floats, depths: Sequence[int], rngs: Sequence[np.random.Generator]
) -> list[BestAngles]:
    """Of graphs (R, V, V), at depths 1, 2, … in order; one generator a graph for random starts.

    Raises:
        RequestError: the graphs are too large at a depth.
    """
    found: list[BestAngles] = []
    for depth in depths:
        before = found[-1].angles if found else None
        found.append(_best(weights, _starts(weights, depth, before, rngs)))
    return found


def _starts(
    weights: Floats, depth: int, before: Floats | None, rngs: Sequence[np.random.Generator]
) -> Floats:
    """float64 (R, S, 2p)."""
    fixed = fixed_angles(weights, depth)
    if before is None:
        share = (np.arange(GRID) + 0.5) / GRID
        grid = np.stack(np.meshgrid(3.0 * share, 4.0 * share - 2.0), axis=-1).reshape(-1, 2)
        return np.concatenate([fixed[:, None], fixed[:, None] * grid], axis=1)
    # γ to twice the largest fixed one, β within its period; the rest are images of these.
    top = np.repeat([[2.0, np.pi / 4.0]], depth, axis=1).ravel(order="F")
    top = np.tile(top, (len(weights), 1))
    top[:, :depth] *= fixed[:, :depth].max(axis=1, keepdims=True)
    chances = np.stack([rng.random((RANDOM_STARTS, 2 * depth)) for rng in rngs])
    chances[:, :, :depth] = 1.0 - chances[:, :, :depth]
    chances[:, :, depth:] = 2.0 * chances[:, :, depth:] - 1.0
    return np.concatenate(
        [fixed[:, None], _stretched(before)[:, None], chances * top[:, None]], axis=1
    )


def _stretched(angles: Floats) -> Floats:
    """Angles of one layer more, by linear interpolation, (R, 2p) → (R, 2p + 2)."""
    depth = angles.shape[1] // 2
    at = np.arange(depth + 1) / depth
    halves = []
    for half in (angles[:, :depth], angles[:, depth:]):
        ahead = np.pad(half, ((0, 0), (1, 0)))
        behind = np.pad(half, ((0, 0), (0, 1)))
        halves.append(at * ahead + (1.0 - at) * behind)
    return np.concatenate(halves, axis=1)


def _best(weights: Floats, starts: Floats) -> BestAngles:
    width = starts.shape[2]
    fixed = fixed_angles(weights, width // 2)
    task = _Scaled(weights, fixed)
    first = task.followed(starts, FIRST_STEPS if width > 2 else 0, np.float32)
    order = np.argsort(-first.value, axis=1, kind="stable")[:, :FOLLOWED]
    chosen = np.take_along_axis(first.angles, order[:, :, None], axis=1)
    ends = task.followed(chosen, LAST_STEPS)
    kept = canonical(
        np.repeat(weights, ends.value.shape[1], axis=0), ends.angles.reshape(-1, width)
    )
    apart = np.abs(kept.reshape(ends.angles.shape) - canonical(weights, fixed)[:, None]).sum(axis=2)
    top = ends.value.max(axis=1, keepdims=True)
    apart[ends.value < top - EQUAL * np.abs(top)] = np.inf
    one = apart.argmin(axis=1)[:, None, None]
    last = task.polished(np.take_along_axis(ends.angles, one, axis=1))
    return BestAngles(canonical(weights, last.angles[:, 0]), last.value[:, 0], last.slope[:, 0])


@dataclass(frozen=True, eq=False)
class _Scaled:
    """The expected cuts of R graphs, with γ in units of the fixed angles: those of weighted graphs
    may be far smaller than β.
    """

    weights: Floats
    fixed: Floats

    def followed(self, starts: Floats, steps: int, precision: Precision = np.float64) -> BestAngles:
        """Ends of starts (R, S, 2p)."""
        return self._of(starts, lambda value, points: ascend(value, points, steps), precision)

    def polished(self, ends: Floats) -> BestAngles:
        """Ends (R, S, 2p) to the last digits."""
        return self._of(ends, polish)

    def _of(self, starts: Floats, way: _Way, precision: Precision = np.float64) -> BestAngles:
        rows, count, width = starts.shape
        unit = np.ones((rows, 1, width))
        unit[:, 0, : width // 2] = self.fixed[:, : width // 2]
        scale = np.broadcast_to(unit, starts.shape).reshape(-1, width)
        owner = np.repeat(np.arange(rows), count)

        def function(which: NDArray[np.int64], points: Floats) -> tuple[Floats, Floats]:
            given = self.weights[owner[which]], points * scale[which]
            found = expected_cut(*given, gradient=True, precision=precision)
            assert found.gradient is not None
            return found.value, found.gradient * scale[which]

        points, value, slopes = way(function, starts.reshape(-1, width) / scale)
        slope = np.abs(slopes).max(axis=1) / np.abs(value).clip(1e-300)
        shape = rows, count
        angles = (points * scale).reshape(starts.shape)
        return BestAngles(angles, value.reshape(shape), slope.reshape(shape))
