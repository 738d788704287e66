"""Search for the likeliest set of faults, with no approximation by pairs of events."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from baselines.decoders.decoder import SlowDecoder
from baselines.decoders.error_model import model_of, need
from baselines.networks.network_baseline import check_at_least


class Model(SlowDecoder):
    """Tesseract (Beni, Higgott and Shutty, arXiv 2503.10988): A* over sets of faults, with a beam.

    The nearest to the optimum here, and slow: .2 ms a shot at distance 3 and 5 ms at distance 5,
    p = .005.

    Args:
        seed: has no meaning.
        beam: events that a set of faults may leave unexplained beyond the best one so far.
        most: rows that are decoded; more are refused, unless `rest`.
        rest: whether correlated matching answers for the rows after the first `most`.
    """

    title = "Search for the likeliest faults (Tesseract)"

    def __init__(
        self, *, seed: int = 0, beam: int = 15, most: int = 20_000, rest: bool = False
    ) -> None:
        super().__init__(seed=seed, most=most, rest=rest)
        check_at_least("beam", beam, 1)
        self.beam = beam

    def _open(self, rows: Rows) -> None:
        search = need("tesseract_decoder.tesseract", "'qslbench[decoders]'")
        self._decoder = search.TesseractConfig(model_of(rows), det_beam=self.beam).compile_decoder()

    def _flips(self, bits: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return np.asarray(self._decoder.decode_batch(bits.astype(np.bool_)), dtype=np.bool_)
