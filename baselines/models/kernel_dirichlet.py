"""Kernel ridge regression with the Dirichlet kernel on the flat parameter vector."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from baselines.linear.kernels import dirichlet
from baselines.linear.smoothers import Kernel, KernelBaseline

DEGREES = (1, 2, 3)


class Model(KernelBaseline):
    """Σ_p D_K(x_p − x'_p), K chosen among 1, 2, 3 (Huang et al. 2022).

    The period is four spreads of a coordinate; a uniform one ranges over 3.46 of them.
    """

    title = "Kernel ridge, Dirichlet kernel"

    def kernels(self, inputs: NDArray[np.float64]) -> Mapping[str, Kernel]:
        return {f"degree {k}": partial(dirichlet, degree=k, period=4.0) for k in DEGREES}
