"""Channel widths from a measured entanglement profile, at a parameter budget.

A network can carry S_l bits across the blocks of scale l only if their min-cut is 2^{S_l} at least.
The rule takes the widths that make the largest deficit S_l − log₂ cut_l as small as the budget
allows, a negative one being a margin. A block of scale l against the rest is cut at the channels
below it, at their powers further down, or at the channels that it joins:
min(r_l, r_{l−1}, r_{l−2}^w, … M^{w^l}), and min(r_0, M) for l = 0. What M alone limits no width
can mend: such scales count as far as M carries them. The deficit is found by bisection, the
widths for it are the smallest; what is left of the budget goes, channel by channel, to the layer
that is the narrowest compared with its need, among those that the rest still pays for and that are
less than twice as wide as they need be.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.mincut import canonical_cuts
from builders.core.errors import RequestError

# Bits that bisection starts from and that anybody has channels for, halved to far below one.
_RANGE, _HALVINGS = 64.0, 60


@dataclass(frozen=True)
class Proposal:
    """Widths that the rule proposes.

    Attributes:
        architecture: the network, with at most the budget's parameters.
        deficits: scale l → S_l − log₂ of the min-cut of a full block, in bits.
    """

    architecture: Architecture
    deficits: tuple[float, ...]


def proposed_widths(entropies: Sequence[float], like: Architecture, budget: int) -> Proposal:
    """Widths for entropies S_l in bits, l = 0 … L−1, of at most `budget` parameters.

    Args:
        entropies: of every scale, for example `EntanglementProfile.worst`.
        like: what is kept: sites, features, window, outputs and sharing.
        budget: number of parameters.

    Raises:
        RequestError: another number of entropies, one that is negative or not finite, or a budget
            below one channel a layer.
    """
    bits = [float(entropy) for entropy in entropies]
    if len(bits) != like.depth or not all(0.0 <= s < math.inf for s in bits):
        raise RequestError(
            f"entropies {bits}: {like.depth} finite numbers that are not negative are meant, one a "
            f"scale of {like.sites} sites under windows of {like.window}."
        )
    narrow = replace(like, widths=(1,) * like.depth)
    if narrow.parameters > budget:
        raise RequestError(
            f"a budget of {budget} parameters, but one channel a layer has {narrow.parameters}. "
            f"Give at least {narrow.parameters}."
        )
    low, high = -_RANGE, max(*bits, 0.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if _count(like, _needed(bits, like, middle)) <= budget:
            high = middle
        else:
            low = middle
    widths = _filled(_needed(bits, like, high), like, budget)
    made = replace(like, widths=tuple(widths))
    return Proposal(made, deficits(bits, made))


def deficits(entropies: Sequence[float], architecture: Architecture) -> tuple[float, ...]:
    """S_l − log₂ of the min-cut of a full block of scale l, in bits; negative is a margin."""
    cuts = canonical_cuts(architecture)
    return tuple(s - math.log2(max(c)) for s, c in zip(entropies, cuts, strict=True))


def _needed(bits: Sequence[float], like: Architecture, deficit: float) -> list[int]:
    """The smallest widths with which no scale lacks more than `deficit` bits that M can carry."""
    widths = [1] * like.depth
    for scale, entropy in enumerate(bits):
        carried = min(_RANGE, like.window**scale * math.log2(like.features))
        asked = max(0.0, min(entropy - deficit, carried))
        widths[scale] = max(widths[scale], _channels(asked))
        for layer in range(scale):
            share = asked / like.window ** (scale - 1 - layer)
            widths[layer] = max(widths[layer], _channels(share))
    return widths


def _channels(bits: float) -> int:
    """The least whole number of at least 2^bits, but for rounding."""
    return max(1, math.ceil(math.exp2(bits) * (1.0 - 1e-12)))


def _filled(widths: list[int], like: Architecture, budget: int) -> list[int]:
    """Widths with one channel more as often as the budget allows, evenly compared with these."""
    need = list(widths)
    while True:
        steps = []
        for layer in range(like.depth):
            wider = [w + (k == layer) for k, w in enumerate(widths)]
            if wider[layer] <= 2 * need[layer] and _count(like, wider) <= budget:
                steps.append((widths[layer] / need[layer], layer, wider))
        if not steps:
            return widths
        _, _, widths = min(steps)


def _count(like: Architecture, widths: Sequence[int]) -> int:
    """Number of parameters, of widths past memory too."""
    bonds = (like.features, *widths)
    copies = (1,) * like.depth if like.shared else like.positions
    matrices = (c * a * b for c, a, b in zip(copies, bonds[:-1], bonds[1:], strict=True))
    return sum(matrices) + bonds[-1] * like.outputs
