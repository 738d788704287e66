"""A network that reads the shots of the row it answers for, in any order."""

from functools import partial
from typing import TYPE_CHECKING

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.pairs import Pairs
from baselines.inputs.signed_shots import signed
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least

if TYPE_CHECKING:
    from torch import nn


class Model(NetworkBaseline):
    """Each shot → features of sites, from windows of three → mean over shots → label or class.

    Measurements alone: the Hamiltonian is not seen. The mean makes the answer independent of the
    order of shots (deep sets, Zaheer et al. 2017), and windows of neighbours are what Wu et al.,
    Nature Communications 15 (2024), learn from; their network and its tasks differ. Weights are
    shared over sites, and over pairs of like distance.

    Args:
        seed: of folds, weights and batches.
        depth: convolutions after the mean.
        width: features of a site.
        rate: learning rate.
    """

    title = "Deep set of the test row's shots"
    answers = ("regression", "classification")
    uses_test_shots = True
    records = ("pauli_tokens",)
    shared = True

    def __init__(
        self, *, seed: int = 0, depth: int = 2, width: int = 16, rate: float = 1e-3
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("depth", depth, 1)
        check_at_least("width", width, 1)
        self.depth, self.width = depth, width

    def _open(self, cell: Cell) -> None:
        """Shots are read as they are."""

    def _inputs(self, rows: Rows) -> Inputs:
        return (signed(rows.shots),)

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.plain_networks import SharedPairs, ShotMean, WholeChain

        whole = partial(WholeChain, self.width, outputs, silent=self._is_silent)
        head = whole() if pairs is None else SharedPairs(pairs, self.width)
        return ShotMean(head, width=self.width, depth=self.depth)
