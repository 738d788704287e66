"""Attention over the set of a row's shots, which corrects their plain estimate."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.applies import is_estimated
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.pair_outcomes import pair_counts
from baselines.inputs.pairs import Pairs
from baselines.inputs.shared_base import pair_base
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least
from builders.core.errors import RequestError
from leaderboard.kinds.regression import Regression

if TYPE_CHECKING:
    from torch import nn

Floats = NDArray[np.float64]


class Model(NetworkBaseline):
    """Label = base + g · (estimate from the row's shots − base) + r(set of its shots).

    Cha, Kim, Lee (arXiv 2509.18674) approximate the posterior mean of a number given the measured
    shots: a set transformer (induced attention, pooling by attention: `SetTransformer`), which
    does not see the order of shots, is trained on many drawn states to correct the estimate from
    their classical shadow. Of fidelities and Rényi-2 entropies they report a smaller mean squared
    error than that of the shadow always, and less than a hundredth of it for few copies.

    Different here: the prior is that of n rows with noisy labels in place of drawn states with
    exact ones; sets are the outcomes of two consecutive sites, with one network for all pairs, in
    place of whole shots, which n rows are too few for; the purity is corrected, and the logarithm
    taken afterwards. g is one number a distance and starts where the mean and the shadow are mixed
    best (`shrinkage`), r starts at 0. While training, labels come from the other half of a row's
    shots. The paper's body was not at hand: sizes of layers are ours. Labels of far pairs, classes
    and numbers of the whole are read off the mean of the pairs at a site. The Hamiltonian is not
    seen.

    Args:
        seed: of folds, weights and batches.
        blocks: of induced attention.
        width: features of an element; a multiple of `heads`.
        heads: of the attention.
        points: learnt ones that elements look at each other through.
        rate: learning rate.
    """

    title = "Set transformer on the test row's shots"
    answers = ("regression", "classification")
    uses_test_shots = True
    records = ("pauli_tokens",)

    def __init__(
        self,
        *,
        seed: int = 0,
        blocks: int = 1,
        width: int = 16,
        heads: int = 4,
        points: int = 4,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        for name, value in {"blocks": blocks, "heads": heads, "points": points}.items():
            check_at_least(name, value, 1)
        if width < heads or width % heads:
            raise RequestError(f"setting width={width}: give a multiple of heads={heads}.")
        self.blocks, self.width, self.heads, self.points = blocks, width, heads, points

    def _open(self, cell: Cell) -> None:
        """Shots are read as they are, and estimates of pairs where there are some."""
        numbers = isinstance(cell.task, Regression) and self._pairs is not None
        self._corrects = numbers and is_estimated(cell.task, cell.config)

    def _base_of(self, values: Floats) -> tuple[Floats, Floats]:
        """The base of `ridge_pairs` where labels are those of pairs, in the label's unit."""
        base = values.mean(axis=0) if self._pairs is None else pair_base(self._pairs, values)[1]
        return np.ones_like(base), base

    def _inputs(self, rows: Rows) -> Inputs:
        counts = pair_counts(rows.shots)
        if not self._corrects:
            return (counts,)
        estimate = self._layout.read(self._target.estimate(rows.shots)) - self._base
        return counts, estimate.astype(np.float32)

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        import torch

        from baselines.networks.set_transformer import SetTransformer, bands, head_of

        head = head_of(pairs, self.width, outputs, silent=self._is_silent)
        sizes: dict[str, Any] = {"width": self.width, "heads": self.heads, "points": self.points}
        if not self._corrects or pairs is None:
            return SetTransformer(head, **sizes, blocks=self.blocks)
        band = bands(pairs)
        mixed = _mix(inputs[1], band.numpy())
        gate = torch.from_numpy(mixed)
        return SetTransformer(head, **sizes, blocks=self.blocks, gate=gate, band=band)


def _mix(estimate: NDArray[np.float32], band: NDArray[np.int64]) -> NDArray[np.float32]:
    """s²/(s² + σ²) of every band, float32 (bands,), from estimates of the two halves of the shots.

    The noises of the halves are independent, so that their covariance over rows is the spread s²
    of the labels, and their mean variance s² + σ².

    Args:
        estimate: float32 (2 n, K), those of one half after those of the other.
        band: of each pair, int64 (K,).
    """
    first, second = (part - part.mean(axis=0) for part in np.split(estimate, 2))
    common = np.bincount(band, (first * second).mean(axis=0))
    whole = np.bincount(band, 0.5 * (first**2 + second**2).mean(axis=0))
    return np.asarray((common / whole.clip(1e-30)).clip(0.0, 1.0), dtype=np.float32)
