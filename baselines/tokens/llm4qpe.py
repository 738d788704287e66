"""What `llm4qpe_f` and `llm4qpe_t` share: a token network fine-tuned to predict labels."""

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.features import SiteWindow, channels
from baselines.inputs.pairs import Pairs
from baselines.inputs.shared_base import pair_base
from baselines.networks.device import training_device
from builders.core.errors import RequestError

if TYPE_CHECKING:
    import torch

    from baselines.tokens.fine_tuning import Labels
    from baselines.tokens.token_network import TokenNetwork
    from baselines.tokens.token_training import Reading

Floats = NDArray[np.float64]


class Llm4qpe(Baseline):
    """Label = base · (1 + s · r), r from the row's couplings and its shots.

    After Tang, Xiong, Yang, Wu, Yan, "Towards LLM4QPE: unsupervised pretraining of quantum property
    estimation and a benchmark", ICLR 2024. Theirs: tokens of outcomes, a transformer conditioned on
    the couplings, pre-training by the likelihood of the outcomes, then training with a head on
    labelled rows; F is without the first and T with it.

    Ours: the network of `shadow_generator` (its size, what a site sees of the couplings, both
    reading directions); the head, which is shared over pairs and corrects the training mean by
    distance and pair; in training a label is made from other shots than the input; a fifth of the
    rows says when to stop and how far the corrections are trusted (s in [0, 1]).

    Args:
        seed: of weights and batches.
        width: of the hidden state.
        layers: blocks.
        epochs: times that every labelled row is seen, in large cells fewer.
    """

    is_random = True
    uses_test_shots = True
    records = ("pauli_tokens",)
    needs_pairs = True
    needs_chain = True
    needs_estimate = True
    pretrains: ClassVar[bool]

    def __init__(
        self, *, seed: int = 0, width: int = 32, layers: int = 2, epochs: float = 16.0
    ) -> None:
        super().__init__(seed=seed)
        if width < 4 or width % 4 or layers < 1 or epochs <= 0.0:
            raise RequestError(
                f"{width=}, {layers=}, {epochs=}: give a width that 4 divides, at least 1 layer "
                "and epochs above 0."
            )
        self.width, self.layers, self.epochs = width, layers, epochs

    def _fit(self, cell: Cell) -> None:
        from baselines.tokens.fine_tuning import LEAST_SHOTS
        from baselines.tokens.token_network import TokenNetwork
        from baselines.tokens.token_training import Budget, Reading, pretrain

        self._pairs, self._target = Pairs.of(cell.task, cell.config), Target.of(cell)
        if cell.shots.shape[1] < LEAST_SHOTS:
            raise RequestError(
                f"{self.name()} needs {LEAST_SHOTS} shots a row, as input and for labels; the cell "
                f"has {cell.shots.shape[1]}. Give more shots."
            )
        self._family, self._size = cell.family, cell.size
        self._window = SiteWindow(channels(cell.family, cell.size, cell.parameters))
        with training_device() as device:
            rows = Reading.of(self._window, self._window.reference, cell.seen.shots, device)
            trunk = TokenNetwork(rows.shape(self.width, self.layers), self.seed).to(device)
            if self.pretrains:
                pretrain(trunk, [rows, *self._unlabelled(cell, device)], Budget(), self.seed)
            self._tune(cell, rows, trunk)

    def _unlabelled(self, cell: Cell, device: "torch.device") -> "list[Reading]":
        from baselines.tokens.token_training import Reading

        if cell.pretrain is None:
            return []
        given = channels(cell.family, cell.size, cell.pretrain.parameters)
        return [Reading.of(self._window, given, cell.pretrain.shots, device)]

    def _tune(self, cell: Cell, rows: "Reading", trunk: "TokenNetwork") -> None:
        from baselines.networks.pair_training import on_grid
        from baselines.tokens.fine_tuning import FineTuned, Tuning, fine_tune, hold_out

        values = self._pairs.read(self._target.training(cell))
        kept, _ = hold_out(cell.n, self.seed)
        base = on_grid(self._pairs, pair_base(self._pairs, values[kept])[1][None])
        self.model = FineTuned(trunk, self._pairs, self.width, self.seed).to(rows.views.device)
        self.factor = fine_tune(
            self.model,
            rows,
            self._labels(cell, rows.views.device),
            base[0].to(rows.views.device),
            Tuning(self.epochs),
            self.seed,
        )
        self._base = pair_base(self._pairs, values)[1]
        weights = [w for name, w in self.model.named_parameters() if "trunk.head" not in name]
        self.n_parameters = sum(weight.numel() for weight in weights)

    def _labels(self, cell: Cell, device: "torch.device") -> "Labels":
        from baselines.networks.pair_training import on_grid

        def labels(rows: NDArray[np.int64], shots: NDArray[np.int64]) -> "torch.Tensor":
            chosen = cell.shots[rows[:, None], shots]
            values = self._pairs.read(self._target.estimate(chosen))
            return on_grid(self._pairs, values).to(device)

        return labels

    def _predict(self, rows: Rows) -> Floats:
        import torch

        from baselines.tokens.token_training import Reading

        given = channels(self._family, self._size, rows.parameters)
        out = np.tile(self._base, (len(rows), 1))
        with training_device() as device, torch.no_grad():
            data = Reading.of(self._window, given, rows.shots, device)
            for row in range(len(rows)):
                one = slice(row, row + 1)
                grid = self.model(data.tokens[:, one], data.views[:, one])[0].cpu().numpy()
                i, j = self._pairs.sites.T
                change = grid[i, j] if self._pairs.is_matrix else grid
                out[row] *= 1.0 + self.factor * change
        return self._target.to_label(self._pairs.write(out))
