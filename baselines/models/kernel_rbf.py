"""Kernel ridge regression with the Gaussian kernel on the flat parameter vector."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from baselines.linear.kernels import rbf, squared_distances
from baselines.linear.smoothers import Kernel, KernelBaseline

WIDTHS = (0.1, 0.3, 1.0, 3.0)


class Model(KernelBaseline):
    """exp(−γ |x − x'|²), γ in units of one over the mean squared distance of training rows."""

    title = "Kernel ridge, Gaussian kernel"

    def kernels(self, inputs: NDArray[np.float64]) -> Mapping[str, Kernel]:
        n = len(inputs)
        mean = squared_distances(inputs, inputs).sum() / (n * (n - 1))
        unit = 1.0 / max(mean, np.finfo(float).tiny)
        return {f"width {w}": partial(rbf, gamma=w * unit) for w in WIDTHS}
