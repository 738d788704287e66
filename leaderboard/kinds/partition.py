"""Tasks whose answers are cuts of a graph, judged by their values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from builders.core.names import Size
from builders.physics.family import Family
from builders.solvers.graphs.cuts import cut_of
from leaderboard.cells import Answer
from leaderboard.kinds.binary import Binary
from leaderboard.kinds.cut_shares import MISSED, Graphs, Shares
from leaderboard.kinds.metrics import Loss
from leaderboard.kinds.task import Fault, no_std
from leaderboard.kinds.truth import Truth


@dataclass(frozen=True, kw_only=True)
class Partition(Binary):
    """The side of every vertex, a bit each; a number from 0 to 1 stands for side 1 above one half.

    Any cut of the same value is as right as the label's: the bits themselves count for nothing.
    """

    usual_loss: ClassVar[Loss[Any]] = MISSED

    def faults(self, answer: Answer, family: Family, size: Size) -> Iterator[Fault]:  # noqa: ARG002
        """See `Task.faults`."""
        given, wanted = answer.prediction, self.bits(size)
        every = np.ones(len(given), dtype=np.bool_)
        yield from no_std(answer, self)
        if given.dtype.kind not in "bf":
            yield Fault("prediction", every, f"hold names; {wanted} bits are needed")
            return
        width = 1 if given.ndim == 1 else given.shape[1]
        if width != wanted:
            yield Fault(
                "prediction", every, f"have {width} values; {wanted} are needed, a vertex each"
            )
        numbers = given.reshape(len(given), -1).astype(np.float64)
        bad = np.asarray(~((numbers >= 0.0) & (numbers <= 1.0)).all(axis=1))
        if bad.any():
            yield Fault("prediction", bad, "with values outside 0 to 1; a side is 0 or 1")

    def evidence(self, answer: Answer, truth: Truth) -> Shares:  # type: ignore[override]
        """See `Task.evidence`.

        Raises:
            RequestError: no graphs are given.
        """
        graphs = Graphs.of(truth)
        cuts = cut_of(graphs.weights, answer.prediction.astype(np.float64) > 0.5)
        random = graphs.random
        return Shares(cuts / graphs.largest, random, random, np.ones(len(cuts)), truth.blocks)

    def apart(self, mean_loss: float) -> float:
        """See `Task.apart`: how much of the cut is missed."""
        return mean_loss
