"""Tasks whose answers are angles of a circuit, judged by the cut that they reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from builders.core.names import Size
from builders.kinds.graph import angles_label, angles_text, reached_label
from builders.physics.family import Family
from builders.solvers.graphs.expected_cut import expected_cut
from builders.solvers.graphs.fixed_angles import fixed_angles
from leaderboard.cells import Answer
from leaderboard.kinds.cut_shares import (
    ABOVE_RANDOM,
    MISSED,
    OF_BEST,
    RATIO,
    SKILL,
    Graphs,
    Shares,
)
from leaderboard.kinds.lines import Line, under_gain
from leaderboard.kinds.metrics import Floats, Loss, Metric
from leaderboard.kinds.regression import Regression, every_entry
from leaderboard.kinds.task import Evidence, Fault, no_std
from leaderboard.kinds.truth import Truth


@dataclass(frozen=True, kw_only=True)
class Angles(Regression):
    """γ_1 … γ_p, β_1 … β_p of a row's graph.

    Any angles are right that reach much of the largest cut: the scorer evaluates them, and their
    distance from the label counts for nothing.

    Attributes:
        depth: p.
    """

    usual_loss: ClassVar[Loss[Any]] = MISSED

    depth: int

    @staticmethod
    def of(depth: int) -> "Angles":
        """The task at a depth."""
        return Angles(
            depth=depth,
            name=angles_label(depth),
            title=f"Angles at depth {depth}",
            label=angles_label(depth),
            unit="rad",
            meaning=(
                f"{angles_text(depth)} of the largest expected cut; "
                "scored by the expected cut that they reach over the largest cut"
            ),
            shape=lambda _: (2 * depth,),
            scored=every_entry,
            metrics=(RATIO, OF_BEST, SKILL, ABOVE_RANDOM),
            primary="ratio",
            upward="skill",
            lines=_LINES,
        )

    @property
    def every_metric(self) -> tuple[Metric[Any], ...]:
        """See `Task.every_metric`."""
        return self.metrics

    def faults(self, answer: Answer, family: Family, size: Size) -> Iterator[Fault]:
        """See `Task.faults`: angles of another depth, besides what a regression refuses."""
        yield from no_std(answer, self)
        yield from super().faults(answer._replace(std=None), family, size)
        given = answer.prediction
        width = 1 if given.ndim == 1 else given.shape[1]
        if given.dtype.kind == "f" and width != 2 * self.depth:
            fits = (
                f"that is depth {width // 2}: give them to {angles_label(width // 2)}, or "
                if width in (2, 4, 6)
                else ""
            )
            every = np.ones(len(given), dtype=np.bool_)
            how = f"have {width} angles; {fits}{angles_text(self.depth)}"
            yield Fault("prediction", every, how)

    def evidence(self, answer: Answer, truth: Truth) -> Shares:  # type: ignore[override]
        """See `Task.evidence`.

        Raises:
            RequestError: no graphs are given, or they are too large at this depth.
        """
        graphs = Graphs.of(truth)
        reached = expected_cut(graphs.weights, answer.prediction.astype(np.float64)).value
        plain, best = self._references(graphs, truth)
        return Shares(reached / graphs.largest, graphs.random, plain, best, truth.blocks)

    def _references(self, graphs: Graphs, truth: Truth) -> tuple[Floats, Floats]:
        """Shares of the fixed angles and of the best ones, the same for all answers to a cell."""

        def shares() -> tuple[Floats, Floats]:
            fixed = expected_cut(graphs.weights, fixed_angles(graphs.weights, self.depth)).value
            reached = truth.columns.get(reached_label(self.depth))
            assert reached is not None
            return fixed / graphs.largest, reached / graphs.largest

        if truth.training is None:
            return shares()
        return truth.training.rows.once(f"{self.name} references", shares)

    def metrics_of(self, evidence: Evidence) -> tuple[Metric[Any], ...]:  # noqa: ARG002
        """See `Task.metrics_of`."""
        return self.metrics

    def apart(self, mean_loss: float) -> float:
        """See `Task.apart`: how much of the cut is missed."""
        return mean_loss


_LINES: tuple[Line, ...] = (
    under_gain("fixed angles", "angles of infinite trees, the same for alike graphs", RATIO, SKILL),
    under_gain("random cut", "a cut at random", RATIO, ABOVE_RANDOM),
)
