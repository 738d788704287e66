"""AiDE-Q: a network that makes labels of its own and keeps those that stand a consistency check."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.curve import distance_curve
from baselines.inputs.features import SiteWindow, channels
from baselines.inputs.folds import Fold, count, hold_out
from baselines.inputs.pairs import Pairs
from baselines.inputs.synthetic import consistent, spliced
from builders.core.errors import RequestError

if TYPE_CHECKING:
    from baselines.networks.pair_learning import LabelledViews, PairAnswers

Floats = NDArray[np.float64]

CHECKS = 3
"""Learners that have to agree, each shown another half of the shots."""


class Model(Baseline):
    """`mlp_pairs`, trained on measured rows and on chains that it labelled itself.

    After Wang, Du, Lou, Qian, Zhang, Luo, Du, Tao, "AiDE-Q: synthetic labeled datasets can enhance
    learning models for quantum property estimation", arXiv 2509.26109. Theirs: a network labels
    states of which little was measured; a label is kept if the network gives nearly the same one
    when parts of the measured data are masked at random; it is trained again with what was kept, as
    long as the error on rows held out does not grow, and so on. They claim better predictions of
    several reference models, on many-body and molecular systems up to 50 qubits.

    A round here, with values y of pairs (labels, or purities for entropies):

    1. U = n further chains are `spliced` from the training rows; no state of theirs is measured.
    2. `CHECKS` networks f_c learn from the estimates of random halves of the shots of each row. The
       label of chain u is ȳ_u = mean_c f_c(u), and its disagreement mean_pairs Var_c f_c(u).
    3. The `share` of the chains with the least disagreement is kept, and a network learns from the
       measured rows and these. If its squared error on a fifth of the measured rows, which none of
       the networks saw, is not below the least before, the round is undone and was the last one.

    At the end a network learns from all measured rows and the chains kept.

    Different here: what is masked are shots of training rows, since a test row comes with
    couplings alone; further Hamiltonians cost copies in the paper and none here; the network is
    that of `mlp_pairs`, the best of our networks that read couplings. Of the paper its abstract
    and reviews were at hand, not its body.

    Args:
        seed: of chains, halves, folds, weights and batches.
        half_width: sites that a site sees to each side.
        rounds: at most.
        share: of the chains of a round that is kept, above 0 and at most 1.
    """

    title = "Network shared over pairs, with synthetic labels that were checked"
    records = ("pauli_tokens",)
    needs_pairs = True
    needs_chain = True
    needs_estimate = True
    is_random = True

    def __init__(
        self, *, seed: int = 0, half_width: int = 4, rounds: int = 2, share: float = 0.5
    ) -> None:
        super().__init__(seed=seed)
        if rounds < 0 or half_width < 0 or not 0.0 < share <= 1.0:
            raise RequestError(
                f"{half_width=}, {rounds=}, {share=}: give 0 or more sites and rounds, and a share "
                "above 0 and at most 1."
            )
        self.half_width, self.rounds, self.share = half_width, rounds, share

    def _fit(self, cell: Cell) -> None:
        from baselines.networks.pair_learning import LabelledViews
        from baselines.tokens.token_training import trainable

        trainable(cell)
        self._family, self._size = cell.family, cell.size
        self._target, self._pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        given = channels(cell.family, cell.size, cell.parameters)
        self._window = SiteWindow(given, half_width=self.half_width)
        values = self._pairs.read(self._target.training(cell))
        measured = LabelledViews(self._window.views(given), values)
        self._curve = distance_curve(self._pairs, values)
        self._rng = np.random.default_rng([self.seed, 6])
        self.kept: LabelledViews | None = None
        self.rounds_kept = 0
        # A single row leaves nothing to hold out, and one shot no half of its own.
        if count(cell.groups) > 2 and cell.shots.shape[1] > 1:
            self._make_labels(cell, measured)
        self._answers = self._learn(measured, cell.groups, self.kept) if cell.n > 1 else None
        self.n_parameters = np.unique(self._pairs.distance).size
        if self._answers is not None:
            self.n_parameters *= len(self._answers.curves)
            if self._answers.trained.steps:
                weights = self._answers.trained.network.parameters()
                self.n_parameters += sum(weight.numel() for weight in weights)

    def _make_labels(self, cell: Cell, measured: "LabelledViews") -> None:
        """Rounds of chains and labels, as long as the rows held out are answered better."""
        fold = hold_out(cell.groups, self.seed)
        least = self._error(fold, cell, measured, None)
        for _ in range(self.rounds):
            candidate = self._round(fold, cell, measured)
            error = self._error(fold, cell, measured, candidate)
            if error >= least:
                return
            least, self.kept, self.rounds_kept = error, candidate, self.rounds_kept + 1

    def _round(self, fold: Fold, cell: Cell, measured: "LabelledViews") -> "LabelledViews":
        """What was kept before, and the chains of a round whose labels stand the check."""
        from baselines.networks.pair_learning import LabelledViews

        views = self._window.views(spliced(self._window.reference, cell.n, self._rng))
        answers = []
        for check in range(CHECKS):
            half = self._rng.permutation(cell.shots.shape[1])[: cell.shots.shape[1] // 2]
            values = self._pairs.read(self._target.estimate(cell.shots[:, half]))
            learner = self._part(fold, cell, measured.with_values(values), self.kept, check)
            answers.append(learner(views))
        found = LabelledViews(views, np.mean(answers, axis=0))
        found = found.take(consistent(np.stack(answers), self.share))
        return found if self.kept is None else self.kept.and_then(found)

    def _error(
        self, fold: Fold, cell: Cell, measured: "LabelledViews", made_up: "LabelledViews | None"
    ) -> float:
        """Mean squared error on the rows held out, noise included, of what learns from the rest."""
        held = measured.take(fold.held)
        answers = self._part(fold, cell, measured, made_up, CHECKS)(held.views)
        return float(np.mean((answers - held.values) ** 2))

    def _part(
        self,
        fold: Fold,
        cell: Cell,
        rows: "LabelledViews",
        made_up: "LabelledViews | None",
        number: int,
    ) -> "PairAnswers":
        """What learns from the rows that are kept, of fewer members than the last one."""
        from baselines.networks.pair_learning import PairAnswers
        from baselines.networks.pair_training import TrainingRun

        groups = np.unique(cell.groups[fold.kept], return_inverse=True)[1]
        kept, how = rows.take(fold.kept), TrainingRun(members=4)
        seed = self.seed + 1 + number
        return PairAnswers.learn(self._pairs, kept, groups, made_up, how, seed)

    def _learn(
        self, measured: "LabelledViews", groups: NDArray[np.int64], made_up: "LabelledViews | None"
    ) -> "PairAnswers":
        from baselines.networks.pair_learning import PairAnswers
        from baselines.networks.pair_training import TrainingRun

        how = TrainingRun()
        return PairAnswers.learn(self._pairs, measured, groups, made_up, how, self.seed)

    def _predict(self, rows: Rows) -> Floats:
        given = channels(self._family, self._size, rows.parameters)
        if self._answers is None:
            values = np.tile(self._curve, (len(rows), 1))
        else:
            values = self._answers(self._window.views(given))
        return self._target.to_label(self._pairs.write(values))
