"""Channel profiles of one parameter count: flat, wide at the base, wide at the tip.

A profile with `ratio` ρ has widths proportional to ρ^{−l/(L−1)} (wide base: channels near the
sites) or ρ^{(l+1−L)/(L−1)} (wide tip: channels near the output), rounded to whole numbers. The
common factor is the one whose parameter count is nearest to the budget; the two wide ones are then
improved by steps of one channel in any layers that keep the order of the widths. Among equally near
ones the one with fewer parameters, then the first in the order of the widths, is taken.
Profiles of this kind were compared by Levine et al. 2018 (arXiv 1704.01552).
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace

from baselines.tensor_networks.architecture import Architecture
from builders.core.errors import RequestError

Widths = tuple[int, ...]


def flat(like: Architecture, budget: int) -> Architecture:
    """All layers equally wide, with as near to `budget` parameters as one width allows.

    Args:
        like: what is kept: sites, features, window, outputs and sharing.
        budget: number of parameters to come near to.

    Raises:
        RequestError: one channel a layer needs more than twice the budget.
    """
    return _scaled(like, budget, lambda _: 1.0)


def wide_base(like: Architecture, budget: int, ratio: float = 4.0) -> Architecture:
    """The first layer `ratio` ≥ 1 times as wide as the last; see `flat`."""
    _at_least_one(ratio)
    last = max(1, like.depth - 1)
    start = _scaled(like, budget, lambda layer: ratio ** (1.0 - layer / last))
    return _improved(start, budget, lambda w: list(w) == sorted(w, reverse=True))


def wide_tip(like: Architecture, budget: int, ratio: float = 4.0) -> Architecture:
    """The last layer `ratio` ≥ 1 times as wide as the first; see `flat`."""
    _at_least_one(ratio)
    last = max(1, like.depth - 1)
    start = _scaled(like, budget, lambda layer: ratio ** (layer / last))
    return _improved(start, budget, lambda w: list(w) == sorted(w))


def deviation(architecture: Architecture, budget: int) -> float:
    """Parameters over the budget, minus 1."""
    return architecture.parameters / budget - 1.0


def _at_least_one(ratio: float) -> None:
    if not 1.0 <= ratio <= 1e6:
        raise RequestError(f"ratio is {ratio}; give one from 1 to 1e6.")


def _scaled(like: Architecture, budget: int, shape: Callable[[int], float]) -> Architecture:
    """The widths round(c · shape(l)), at least 1, of the factor c that comes nearest."""
    weights = [shape(layer) for layer in range(like.depth)]
    narrow = replace(like, widths=(1,) * like.depth)
    if narrow.parameters > 2 * budget:
        raise RequestError(
            f"a budget of {budget} parameters, but one channel a layer has {narrow.parameters} "
            f"already. Give a budget of at least {-(-narrow.parameters // 2)}."
        )
    # Widths and with them parameters grow with c: walk the factors at which one width changes.
    found = [narrow]
    widths = narrow.widths
    while found[-1].parameters < budget:
        at = [(width + 0.5) / weight for width, weight in zip(widths, weights, strict=True)]
        nearest = min(at)
        widths = tuple(w + (x <= nearest * (1 + 1e-12)) for w, x in zip(widths, at, strict=True))
        found.append(replace(like, widths=widths))
    return _nearest(found[-2:], budget)


def _improved(start: Architecture, budget: int, ordered: Callable[[Widths], bool]) -> Architecture:
    near = [start]
    for steps in itertools.product((-1, 0, 1), repeat=start.depth):
        widths = tuple(w + s for w, s in zip(start.widths, steps, strict=True))
        if min(widths) >= 1 and ordered(widths):
            near.append(replace(start, widths=widths))
    return _nearest(near, budget)


def _nearest(found: Iterable[Architecture], budget: int) -> Architecture:
    return min(found, key=lambda a: (abs(a.parameters - budget), a.parameters, a.widths))
