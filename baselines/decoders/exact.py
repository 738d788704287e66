"""Exact probabilities of every pattern of events of a small code."""

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.solvers.codes.error_model import ErrorModel

Floats = NDArray[np.float64]

MOST = 24
"""Detectors: 2^25 numbers take 256 MB, and a second array of them is needed on the way."""


def probabilities(model: ErrorModel) -> Floats:
    """Of every pattern of events without and with a flip, float64 (2, 2^D), bit k for detector k.

    The transform of the distribution is a product over faults: (1 − 2p) for each whose flips
    overlap with the transformed pattern an odd number of times.

    Raises:
        RequestError: too many detectors, or several observables.
    """
    if model.detectors > MOST or model.observables != 1:
        raise RequestError(
            f"{model.detectors} detectors and {model.observables} observables: patterns are "
            f"counted for {MOST} detectors at most and one observable, distance 3 and 3 rounds. "
            "Choose another decoder (tesseract, matching_network)."
        )
    values = np.zeros(2 << model.detectors)
    for p, flipped in zip(model.probabilities, model.flips, strict=True):
        values[sum(1 << k for k in flipped)] += np.log1p(-2.0 * p)
    total = values.sum()
    transform(values)
    values -= total
    values *= -0.5
    np.exp(values, out=values)
    transform(values)
    values /= len(values)
    return values.reshape(2, -1)


def transform(values: Floats) -> None:
    """Σ_k (−1)^{k·j} v_k in place, the transform of Walsh and Hadamard; a power of 2 of them."""
    half = 1
    while half < len(values):
        low, high = values.reshape(-1, 2, half).transpose(1, 0, 2)
        low += high
        high *= -2.0
        high += low
        half *= 2


def pattern(packed: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Packed events (R, ⌈D/8⌉) as numbers of patterns, int64 (R,)."""
    return packed.astype(np.int64) @ (1 << 8 * np.arange(packed.shape[1], dtype=np.int64))
