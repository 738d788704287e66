"""Shots of a detector error model: every fault an independent coin, its flips added modulo 2.

A fault of probability p is struck a Poisson number of times in every shot, of mean
μ = −½ ln(1 − 2p): it is odd with probability (1 − e^{−2μ})/2 = p. The sum over R shots is Poisson
of mean R μ, and each strike falls on any of the R shots alike, so that what is drawn is one number
a fault and one shot a strike. Nothing is approximate, and work is proportional to the strikes: a
few a shot at the strengths of interest. numpy's own Poisson and bounded integers of a
`Generator(PCG64)` are the random numbers; unlike those of stim's sampler they depend neither on the
version of stim nor on the width of a processor's vectors.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from builders.solvers.codes.error_model import ErrorModel

_LITTLE = np.dtype("<u8")


class Shots(NamedTuple):
    """R shots.

    Attributes:
        events: uint8 (R, ⌈D/8⌉), detection events packed little-endian, as in stim's b8.
        flips: bool (R, L), whether each observable was flipped.
    """

    events: NDArray[np.uint8]
    flips: NDArray[np.bool_]


def sample(model: ErrorModel, shots: int, rng: np.random.Generator) -> Shots:
    """R shots of the model; they depend on the model, R and the generator alone.

    Args:
        model: of K faults.
        shots: R. A few thousand at a time fit into a processor's cache.
        rng: gives K Poisson numbers, and then the shot of every strike.
    """
    masks = model.masks
    width = masks.shape[1]
    strikes = rng.poisson(-0.5 * shots * np.log1p(-2.0 * model.probabilities))
    shot = rng.integers(0, shots, int(strikes.sum())) * width
    fault = np.repeat(np.arange(len(model)), strikes)
    words = np.zeros(shots * width, dtype=np.uint64)
    # A fault's flips are in few words: the k-th one of every fault that has so many, in turn.
    touched = np.argsort(masks == 0, axis=1, kind="stable")
    used = np.count_nonzero(masks, axis=1)
    for k in range(int(used.max(initial=0))):
        if k:
            deep = used[fault] > k
            shot, fault = shot[deep], fault[deep]
        word = touched[:, k]
        mask = np.take_along_axis(masks, word[:, None], axis=1)[:, 0]
        np.bitwise_xor.at(words, shot + word[fault], mask[fault])
    packed = words.astype(_LITTLE).view(np.uint8).reshape(shots, 8 * width)
    behind = packed[:, model.event_bytes :]
    flips = np.unpackbits(behind, axis=1, count=model.observables, bitorder="little")
    return Shots(packed[:, : model.event_bytes].copy(), flips.astype(np.bool_))
