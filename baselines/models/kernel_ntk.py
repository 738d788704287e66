"""Kernel ridge regression with the neural tangent kernel on the flat parameter vector."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from baselines.linear.kernels import ntk
from baselines.linear.smoothers import Kernel, KernelBaseline

DEPTHS = (1, 2, 3, 4)
Floats = NDArray[np.float64]


class Model(KernelBaseline):
    """A ReLU network of infinite width with 1 to 4 hidden layers (Huang et al. 2022).

    A constant coordinate takes the part of a bias: the kernel sees directions only.
    """

    title = "Kernel ridge, neural tangent kernel"

    def kernels(self, inputs: Floats) -> Mapping[str, Kernel]:
        return {f"depth {k}": _with_bias(k) for k in DEPTHS}


def _with_bias(depth: int) -> Kernel:
    def kernel(a: Floats, b: Floats) -> Floats:
        bias = np.sqrt(a.shape[1])
        a, b = (np.pad(x, ((0, 0), (0, 1)), constant_values=bias) for x in (a, b))
        return ntk(a, b, depth)

    return kernel
