"""Where networks are trained: the one place that chooses."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from builders.core.threads import one_thread

if TYPE_CHECKING:
    import torch


@contextmanager
def training_device() -> "Iterator[torch.device]":
    """A CUDA device where there is one, else the CPU, which is the reference.

    Inside, the same seed gives the same bytes on the same device: one thread, sums in one order.
    """
    import torch

    cuda = torch.cuda.is_available()
    if cuda:
        # Read when cuBLAS starts; without it its sums may change from run to run.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(cuda or before)
    try:
        with one_thread():
            yield torch.device("cuda" if cuda else "cpu")
    finally:
        torch.use_deterministic_algorithms(before)
