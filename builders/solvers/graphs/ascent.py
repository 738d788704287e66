"""Many small maximisations at once: BFGS whose function values are asked for in batches."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# (numbers (K,) of the points, points (K, d)) → values (K,) and slopes (K, d).
Function = Callable[[NDArray[np.int64], Floats], tuple[Floats, Floats]]

_FLAT = 1e-6
"""Largest slope, relative to the value, at which a point stays; `polish` does the rest."""
_ARMIJO = 1e-4
_FIRST_STEP = 0.1
_CURVED = 0.3
_SHIFT = 1e-5
_HALVINGS = 8


def ascend(function: Function, points: Floats, steps: int) -> tuple[Floats, Floats, Floats]:
    """Points (B, d) moved uphill by at most so many steps; their values (B,) and slopes (B, d).

    Each point has an inverse Hessian of its own (Nocedal and Wright, Numerical Optimization,
    chapter 6) and halves its step until the value grows enough. No point depends on another.
    """
    every = np.arange(len(points))
    points = points.copy()
    values, slopes = function(every, points)
    inverse = _start(values, slopes)
    fresh = np.ones(len(points), dtype=np.bool_)
    active = every
    for _ in range(steps):
        active = active[~_is_flat(values[active], slopes[active])]
        if not len(active):
            break
        move = np.einsum("bij,bj->bi", inverse[active], slopes[active])
        gain = (move * slopes[active]).sum(axis=1)
        wrong = gain <= 0
        if wrong.any():
            again = active[wrong]
            inverse[again] = _start(values[again], slopes[again])
            move[wrong] = np.einsum("bij,bj->bi", inverse[again], slopes[again])
            gain[wrong] = (move[wrong] * slopes[again]).sum(axis=1)
            fresh[again] = True
        new, found = _searched(function, active, points, values, move, gain)
        taken = active[found]
        step = new[0][found] - points[taken]
        bend = slopes[taken] - new[2][found]
        _update(inverse, taken, step, bend)
        points[taken], values[taken], slopes[taken] = (x[found] for x in new)
        # Where no step gains the curvature is forgotten; if it just was, rounding is reached.
        lost = active[~found]
        active = np.sort(np.concatenate([taken, lost[~fresh[lost]]]))
        fresh[taken] = False
        fresh[lost] = True
        inverse[lost] = _start(values[lost], slopes[lost])
    return points, values, slopes


def _is_flat(values: Floats, slopes: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.abs(slopes).max(axis=1) <= _FLAT * np.abs(values))


def _start(values: Floats, slopes: Floats) -> Floats:
    """Inverse Hessians of a curvature near the value, with a first step of .1 at most."""
    length = np.linalg.norm(slopes, axis=1).clip(1e-300)
    size = np.minimum(_FIRST_STEP / length, _CURVED / np.abs(values).clip(1e-300))
    return np.asarray(size[:, None, None] * np.eye(slopes.shape[1]))


def _searched(
    function: Function,
    active: NDArray[np.int64],
    points: Floats,
    values: Floats,
    move: Floats,
    gain: Floats,
) -> tuple[tuple[Floats, Floats, Floats], NDArray[np.bool_]]:
    """Where the moves lead, halved as often as need be, and whether they gain."""
    new_points = points[active] + move
    new_values, new_slopes = function(active, new_points)
    share = np.ones(len(active))
    rounding = 1e-15 * np.abs(values[active])
    for _ in range(_HALVINGS):
        short = new_values < values[active] + _ARMIJO * share * gain - rounding
        if not short.any():
            break
        share[short] *= 0.5
        new_points[short] = points[active[short]] + share[short, None] * move[short]
        new_values[short], new_slopes[short] = function(active[short], new_points[short])
    found = new_values >= values[active] + _ARMIJO * share * gain - rounding
    return (new_points, new_values, new_slopes), found


def _update(inverse: Floats, at: NDArray[np.int64], step: Floats, bend: Floats) -> None:
    """BFGS of the negative function; steps along which it bends the wrong way are left out."""
    along = (step * bend).sum(axis=1)
    good = along > 1e-14 * np.linalg.norm(step, axis=1) * np.linalg.norm(bend, axis=1)
    at, step, bend, along = at[good], step[good], bend[good], along[good]
    old = inverse[at]
    turned = np.einsum("bij,bj->bi", old, bend)
    both = np.einsum("bi,bj->bij", turned, step)
    factor = (along + (bend * turned).sum(axis=1)) / along**2
    inverse[at] = (
        old
        + factor[:, None, None] * np.einsum("bi,bj->bij", step, step)
        - (both + both.mT) / along[:, None, None]
    )


def polish(function: Function, points: Floats) -> tuple[Floats, Floats, Floats]:
    """Points near a maximum moved by one step of Newton's method, kept where slopes shrink.

    Values cannot tell points apart whose slopes are below 1e-8; slopes can. The Hessian is that of
    differences of slopes to one side, good to about the shift: the slope shrinks by as much.
    """
    every, width = np.arange(len(points)), points.shape[1]
    values, slopes = function(every, points)
    shifts = _SHIFT * np.eye(width)
    ahead = np.stack([function(every, points + shift)[1] for shift in shifts], axis=1)
    hessian = (ahead - slopes[:, None]) / _SHIFT
    hessian = 0.5 * (hessian + hessian.mT)
    moved = points - np.einsum("bij,bj->bi", np.linalg.pinv(hessian), slopes)
    new_values, new_slopes = function(every, moved)
    better = np.abs(new_slopes).max(axis=1) < np.abs(slopes).max(axis=1)
    better &= new_values > values - 1e-12 * np.abs(values)
    return (
        np.where(better[:, None], moved, points),
        np.where(better, new_values, values),
        np.where(better[:, None], new_slopes, slopes),
    )
