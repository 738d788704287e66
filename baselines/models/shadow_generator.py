"""A conditional generative model of the measurements, asked for shadows of a new Hamiltonian."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from baselines.contract.applies import estimator
from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.features import SiteWindow, channels
from baselines.networks.device import training_device
from builders.core.errors import RequestError

if TYPE_CHECKING:
    from baselines.tokens.token_sampling import DrawnShadows

Floats = NDArray[np.float64]

LEAST_DRAWN = 64


class Model(Baseline):
    """p(outcomes | couplings, bases) by a causal transformer; labels from the shadows it draws.

    After Wang, Weber, Izaac, Lin, "Predicting properties of quantum systems with conditional
    generative models", arXiv 2211.16943. Theirs: one sequence of outcomes a shot, a transformer
    that reads them site by site, an encoding of the couplings added to the tokens' embeddings,
    maximum likelihood on all training rows together, labels from drawn shadows; 4 layers of 128
    and 4 heads, Adam at 1e-3 with a warm-up and a cosine (their public code).

    Ours: 2 layers of 32; couplings enter as what a site sees of them (`features.Window`) instead
    of through a graph network, and positions as distances, so that all sites are learnt together;
    bases are given, not generated; every shot is read from both ends; correlations and entropies
    are taken from the probabilities of the drawn shots (`token_moments`), other labels from the
    shots by the task's own estimate.

    Args:
        seed: of weights, batches and drawn shots.
        width: of the hidden state.
        layers: blocks.
        epochs: times that every shot is read, in large cells fewer (`token_training.Budget`).
        drawn: shots drawn for a row from each end of the chain, at most: one for eight training
            shots, since what is drawn need not be known better than what was learnt.
    """

    title = "Conditional generative transformer, labels from its shadows"
    records = ("pauli_tokens",)
    uses_labels = False
    needs_chain = True
    needs_estimate = True
    is_random = True

    def __init__(
        self,
        *,
        seed: int = 0,
        width: int = 32,
        layers: int = 2,
        epochs: float = 12.0,
        drawn: int = 320,
    ) -> None:
        super().__init__(seed=seed)
        if width < 4 or width % 4 or layers < 1 or epochs <= 0.0 or drawn < 2:
            raise RequestError(
                f"{width=}, {layers=}, {epochs=}, {drawn=}: give a width that 4 divides, at least "
                "1 layer, epochs above 0 and at least 2 shots to draw."
            )
        self.width, self.layers, self.epochs, self.drawn = width, layers, epochs, drawn

    def _fit(self, cell: Cell) -> None:
        from baselines.tokens.token_network import TokenNetwork
        from baselines.tokens.token_training import Budget, Reading, pretrain, trainable

        trainable(cell)
        self._cell_estimate, self._target = cell.estimate, Target.of(cell)
        self._family, self._size = cell.family, cell.size
        self._window = SiteWindow(channels(cell.family, cell.size, cell.parameters))
        with training_device() as device:
            rows = Reading.of(self._window, self._window.reference, cell.shots, device)
            network = TokenNetwork(rows.shape(self.width, self.layers), self.seed).to(device)
            self.network = pretrain(network, [rows], Budget(self.epochs), self.seed)
        least = min(LEAST_DRAWN, self.drawn)
        self._drawn = int(np.clip(rows.strings // 8, least, self.drawn))
        self.n_parameters = sum(weight.numel() for weight in network.parameters())

    def _predict(self, rows: Rows) -> Floats:
        from baselines.tokens.token_sampling import bases_and_chances, draw
        from baselines.tokens.token_training import views_along

        given = bases_and_chances(self._drawn, self._size.sites, self.seed)
        seen = channels(self._family, self._size, rows.parameters)
        out = []
        with training_device() as device:
            views = views_along(self._window, seen, device)
            for row in range(len(rows)):
                ways = [draw(self.network, way, *given) for way in views[:, row]]
                out.append(self._answer(rows, row, ways))
        return np.stack(out)

    def _answer(self, rows: Rows, row: int, ways: "list[DrawnShadows]") -> Floats:
        """The label of one row, float64 (L,), from shots drawn from the left and from the right."""
        from baselines.tokens.token_moments import MOMENTS

        there, back = ways
        moment = MOMENTS.get(estimator(self._target.task))
        if moment is not None:
            both = 0.5 * (moment(there) + np.flip(moment(back)))
            return self._target.to_label(both.ravel())
        shots = np.concatenate([there.tokens, back.tokens[:, ::-1]]).astype(np.uint8)
        one = rows.take(slice(row, row + 1)).with_shots(shots[None])
        return np.asarray(self._cell_estimate(one)[0])
