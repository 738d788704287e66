"""`PairNetwork` learnt from measured rows and, beside them, rows whose labels were made up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.curve import distance_curve
from baselines.inputs.folds import Fold, random_folds
from baselines.inputs.pairs import Pairs
from baselines.networks.pair_training import Trained, TrainingRun, Views, train
from builders.core.threads import one_thread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LabelledViews:
    """R rows as a network of pairs sees them, and values of the K pairs.

    Attributes:
        views: right and left views, float32 (R, N, F).
        values: float64 (R, K).
    """

    views: Views
    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: Ints) -> "LabelledViews":
        """Some of the rows."""
        right, left = (view[rows] for view in self.views)
        return LabelledViews((right, left), self.values[rows])

    def with_values(self, values: Floats) -> "LabelledViews":
        """The same rows with other values."""
        return LabelledViews(self.views, values)

    def and_then(self, others: "LabelledViews | None") -> "LabelledViews":
        """These rows and the others after them."""
        if others is None:
            return self
        right, left = (np.concatenate(pair) for pair in zip(self.views, others.views, strict=True))
        return LabelledViews((right, left), np.concatenate([self.values, others.values]))


@dataclass(frozen=True, eq=False)
class PairAnswers:
    """Curves by distance and the network that corrects them.

    Attributes:
        curves: float64 (members, K), of the rows that each member keeps.
        trained: the members.
    """

    curves: Floats
    trained: Trained

    @staticmethod
    def learn(
        pairs: Pairs,
        measured: LabelledViews,
        groups: Ints,
        made_up: LabelledViews | None,
        how: TrainingRun,
        seed: int,
    ) -> "PairAnswers":
        """Train members on all but a fold of the measured rows, and on all that is made up.

        Curves, the number of steps and how far a correction is trusted come from measured rows
        alone.

        Args:
            pairs: the K pairs.
            measured: n rows with unbiased values; two at least.
            groups: int64 (n,), which are held out together.
            made_up: further rows.
            how: settings.
            seed: of folds, weights and batches.
        """
        n, folds = len(measured), random_folds(groups, how.members, seed)
        every = measured.and_then(made_up)
        further = np.arange(n, len(every))
        split = [Fold(np.concatenate([fold.kept, further]), fold.held) for fold in folds]
        curves = np.stack([distance_curve(pairs, measured.values[f.kept]) for f in folds])
        with one_thread():
            trained = train(pairs, every.views, every.values, curves, split, how, seed)
        return PairAnswers(curves, trained)

    def __call__(self, views: Views) -> Floats:
        """Values of the pairs, float64 (R, K), of R rows that are seen so."""
        values = np.tile(self.curves.mean(axis=0), (len(views[0]), 1))
        if self.trained.steps and len(values):
            with one_thread():
                values += self.trained.mean_change(views, self.curves)
        return values
