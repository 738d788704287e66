"""Belief propagation between faults and events, and ordered statistics where it does not settle."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from baselines.decoders.decoder import SlowDecoder
from baselines.decoders.error_model import need, text_of
from baselines.networks.network_baseline import check_at_least
from builders.solvers.codes.error_model import parse_model

SCALE = 0.625
"""Of messages, which min-sum makes too large."""


class Model(SlowDecoder):
    """BP+OSD of the library ldpc (Roffe et al., Phys. Rev. Research 2, 043423 (2020)).

    Min-sum messages, then ordered statistics by combination sweep. It knows all faults, also those
    that flip more than two detectors.

    Args:
        seed: has no meaning.
        rounds: of messages, at most.
        order: of the statistics.
        most: rows that are decoded; more are refused, unless `rest`.
        rest: whether correlated matching answers for the rows after the first `most`.
    """

    title = "Belief propagation and ordered statistics"

    def __init__(
        self,
        *,
        seed: int = 0,
        rounds: int = 30,
        order: int = 10,
        most: int = 20_000,
        rest: bool = False,
    ) -> None:
        super().__init__(seed=seed, most=most, rest=rest)
        check_at_least("rounds", rounds, 1)
        check_at_least("order", order, 0)
        self.rounds, self.order = rounds, order

    def _open(self, rows: Rows) -> None:
        from scipy.sparse import csr_matrix

        model = parse_model(text_of(rows))
        faults = np.repeat(np.arange(len(model)), [len(flipped) for flipped in model.flips])
        targets = [target for flipped in model.flips for target in flipped]
        shape = (model.detectors + model.observables, len(model))
        flips = csr_matrix((np.ones(len(targets), np.uint8), (targets, faults)), shape=shape)
        self._observables = flips[model.detectors :]
        self._decoder = need("ldpc", "'qslbench[decoders]'").BpOsdDecoder(
            flips[: model.detectors],
            error_channel=model.probabilities.tolist(),
            max_iter=self.rounds,
            bp_method="minimum_sum",
            ms_scaling_factor=SCALE,
            osd_method="OSD_CS",
            osd_order=self.order,
        )

    def _flips(self, bits: NDArray[np.uint8]) -> NDArray[np.bool_]:
        faults = np.stack([self._decoder.decode(shot) for shot in bits])
        return np.asarray((self._observables @ faults.T % 2).T, dtype=np.bool_)
