"""The best decoder there is, by counting: for codes of few events."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from baselines.decoders.decoder import ModelDecoder
from baselines.decoders.error_model import text_of
from baselines.decoders.exact import pattern, probabilities
from builders.solvers.codes.error_model import parse_model


class Model(ModelDecoder):
    """The probability of a flip given the events, of the error model exactly: no decoder is better.

    All patterns of events are gone through, so that it takes 24 detectors at most: distance 3 and
    3 rounds.
    """

    title = "Maximum likelihood, exactly"

    def _open(self, rows: Rows) -> None:
        without, flipped = probabilities(parse_model(text_of(rows)))
        # Rounding leaves probabilities of about −1e−20 to patterns that hardly ever occur.
        total = np.maximum(without + flipped, np.finfo(np.float64).tiny)
        self._chance = np.clip(flipped / total, 0.0, 1.0).astype(np.float32)

    def _predict(self, rows: Rows) -> NDArray[Any]:
        return np.asarray(self._chance[pattern(self.packed(rows))])
