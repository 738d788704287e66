"""Matching where it is sure, and a network over likely sets of faults where it is in doubt."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.decoders.candidates import Ensemble
from baselines.decoders.decoder import Decoder
from baselines.decoders.error_model import model_of
from baselines.decoders.fault_graph import FaultGraph
from baselines.decoders.matching import Matching, Packed
from baselines.networks.device import training_device
from baselines.networks.network_baseline import check_at_least

UNIT = 4.0
"""Logarithms of odds are divided by it before the network sees them."""
FEATURES = 6


class Model(Decoder):
    """Correlated matching answers alone where the two classes are far apart; else a network does.

    In doubt is a shot whose likeliest matchings with the observable flipped and not flipped differ
    in weight by less than `doubt`, or where plain and correlated matching disagree. For these, an
    ensemble of matchings gives likely sets of faults of both classes, and the network adds to the
    logarithm of their odds a correction learnt from the training shots in doubt. With no shot to
    learn from the odds stand as they are.

    Args:
        seed: of the ensemble, weights and batches.
        members: matchings of the ensemble.
        doubt: difference of weights; e^−5 is .7 %.
        width: units of a layer.
        blocks: layers after the first.
        seen: shots in doubt shown in training, repetitions counted, at most.
        rate: largest learning rate.
    """

    title = "Matching, corrected by a network where it is in doubt"
    entry_class = "hybrid"
    needs_error_model = True
    is_random = True

    def __init__(
        self,
        *,
        seed: int = 0,
        members: int = 4,
        doubt: float = 5.0,
        width: int = 256,
        blocks: int = 2,
        seen: int = 1_000_000,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed)
        for name, value, least in (
            *(("members", members, 1), ("doubt", doubt, 0.0), ("width", width, 1)),
            *(("blocks", blocks, 1), ("seen", seen, 1), ("rate", rate, 0.0)),
        ):
            check_at_least(name, value, least)
        self.members, self.doubt = members, doubt
        self.width, self.blocks, self.seen, self.rate = width, blocks, seen, rate

    def _fit(self, cell: Cell) -> None:
        from baselines.decoders.networks import Corrected
        from baselines.decoders.training import Schedule, train
        from baselines.networks.network_training import make

        model = model_of(cell.rows)
        self._graph = FaultGraph.of(model)
        self._correlated = Matching(model, correlated=True)
        self._plain = Matching(self._graph.model(named=False), correlated=False)
        self._ensemble = Ensemble(self._graph, self.members, self.seed)
        events, labels = self.packed(cell.train), cell.labels
        matched, gap, doubtful = self._first(events)
        sure = ~doubtful
        wrong = np.count_nonzero(matched[sure] != labels[sure, 0])
        self._rest = (wrong + 0.5) / (np.count_nonzero(sure) + 1.0)
        shown = events[doubtful]
        numbers = self._numbers(shown, matched[doubtful], gap[doubtful])
        bits = cell.rows.detectors
        with training_device() as device:
            self._network = make(
                lambda: Corrected(bits, FEATURES, width=self.width, blocks=self.blocks, unit=UNIT),
                [self.seed, 0],
            ).to(device)
            if len(shown):
                wanted = labels[doubtful].astype(np.float32)
                how = Schedule(seen=self.seen, rate=self.rate)
                train(self._network, [shown, numbers], wanted, how, [self.seed, 1])
        self._network.requires_grad_(False)
        self.n_parameters = sum(w.numel() for w in self._network.parameters()) + 1

    def _predict(self, rows: Rows) -> NDArray[Any]:
        from baselines.decoders.training import chances

        events = self.packed(rows)
        matched, gap, doubtful = self._first(events)
        answers = np.where(matched, 1.0 - self._rest, self._rest).astype(np.float32)
        if doubtful.any():
            numbers = self._numbers(events[doubtful], matched[doubtful], gap[doubtful])
            with training_device():
                answers[doubtful] = chances(self._network, [events[doubtful], numbers])[:, 0]
        return answers

    def _first(
        self, events: Packed
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.bool_]]:
        """Correlated matching, the gap of plain matching, and which shots are in doubt, all (R,).

        The gap is the weight without a flip less that with one.
        """
        matched = self._correlated.flips(events)[:, 0]
        without, with_flip = (
            self._plain.weights(self._graph.forced(events, flipped=flipped))
            for flipped in (False, True)
        )
        gap = without - with_flip
        return matched, gap, (np.abs(gap) < self.doubt) | (matched != (gap > 0))

    def _numbers(
        self, events: Packed, matched: NDArray[np.bool_], gap: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """What the network sees beside the events, float32 (R, FEATURES), the odds first."""
        if not len(events):
            return np.zeros((0, FEATURES), dtype=np.float32)
        weighed = self._ensemble.weigh(events)
        odds = (weighed.summed, weighed.likeliest, weighed.single, gap)
        signs = (2.0 * matched - 1.0, 2.0 * weighed.votes - 1.0)
        return np.stack([*(x / UNIT for x in odds), *signs], axis=1).astype(np.float32)
