"""`shadow_generator`, `shadow_gpt`, `quadim`: outcomes are learnt, labels made of drawn shots."""

from typing import TYPE_CHECKING, ClassVar

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
    from torch import Tensor

    from baselines.tokens.token_network import Shape, TokenNetwork
    from baselines.tokens.token_sampling import DrawnShadows

Floats = NDArray[np.float64]

LEAST_DRAWN = 64


class Generator(Baseline):
    """p(outcomes | H, bases) by a network; labels from the shots that it draws for a new H.

    A subclass says what its network is, how it is trained and how shots are drawn; bases are given.
    Correlations and entropies are taken from the probabilities of the drawn shots
    (`token_moments`), other labels from the shots by the task's own estimate.

    Class attributes:
        half_width: sites to each side of which a site sees the couplings.
        most_steps: training steps at most.

    Args:
        seed: of weights, batches and drawn shots.
        width: of the hidden state.
        layers: blocks.
        epochs: times that every shot is read, in large cells fewer (`most_steps`).
        drawn: shots drawn for a row from each end of the chain, at most: one for eight training
            shots, since what is drawn need not be known better than what was learnt.
    """

    records = ("pauli_tokens",)
    uses_labels = False
    needs_chain = True
    needs_estimate = True
    is_random = True
    half_width: ClassVar[int] = 4
    most_steps: ClassVar[int] = 1200

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

    def _network(self, shape: "Shape") -> "TokenNetwork":
        """An untrained network, its weights from the seed."""
        from baselines.tokens.token_network import TokenNetwork

        return TokenNetwork(shape, self.seed)

    def _loss(
        self, network: "TokenNetwork", tokens: "Tensor", views: "Tensor", rng: np.random.Generator
    ) -> "Tensor":
        """What training makes small, of shots (B, N) and views (B, N, F)."""
        from baselines.tokens.token_training import next_outcome

        return next_outcome(network, tokens, views, rng)

    def _draw(self, views: "Tensor", shots: int) -> "DrawnShadows":
        """Shots of one row that sees `views` (N, F), from this end; the same ones every time."""
        from baselines.tokens.token_sampling import bases_and_chances, draw

        return draw(self.network, views, *bases_and_chances(shots, len(views), self.seed))

    def _fit(self, cell: Cell) -> None:
        from baselines.tokens.token_training import Budget, Reading, pretrain, trainable

        trainable(cell)
        self._cell_estimate, self._target = cell.estimate, Target.of(cell)
        self._family, self._size = cell.family, cell.size
        given = channels(cell.family, cell.size, cell.parameters)
        self._window = SiteWindow(given, half_width=self.half_width)
        with training_device() as device:
            rows = Reading.of(self._window, given, cell.shots, device)
            network = self._network(rows.shape(self.width, self.layers)).to(device)
            budget = Budget(self.epochs, most=self.most_steps)
            self.network = pretrain(network, [rows], budget, self.seed, self._loss)
        least = min(LEAST_DRAWN, self.drawn)
        self._drawn = int(np.clip(rows.strings // 8, least, self.drawn))
        self.n_parameters = sum(weight.numel() for weight in network.parameters())

    def _predict(self, rows: Rows) -> Floats:
        from baselines.tokens.token_training import views_along

        seen = channels(self._family, self._size, rows.parameters)
        out = []
        with training_device() as device:
            views = views_along(self._window, seen, device)
            for row in range(len(rows)):
                there, back = (self._draw(way, self._drawn) for way in views[:, row])
                out.append(self._answer(rows, row, there, back))
        return np.stack(out)

    def _answer(self, rows: Rows, row: int, there: "DrawnShadows", back: "DrawnShadows") -> Floats:
        """The label of one row, float64 (L,), from shots drawn from the left and from the right."""
        from baselines.tokens.token_moments import MOMENTS

        moment = MOMENTS.get(estimator(self._target.task))
        if moment is not None:
            both = 0.5 * (moment(there) + np.flip(moment(back)))
            return self._target.to_label(both.ravel())
        shots = np.concatenate([there.along_chain(), back.along_chain()[:, ::-1]])
        one = rows.take(slice(row, row + 1)).with_shots(shots[None].astype(np.uint8))
        return np.asarray(self._cell_estimate(one)[0])
