"""Matching of detection events, the usual decoder of surface codes."""

from typing import Any, ClassVar

from numpy.typing import NDArray

from baselines.contract.rows import Rows
from baselines.decoders.decoder import ModelDecoder
from baselines.decoders.error_model import model_of
from baselines.decoders.matching import Matching


class Model(ModelDecoder):
    """Minimum-weight perfect matching by PyMatching with the error model of the data.

    X and Z faults are matched apart from each other, as if they were independent.
    """

    title = "Minimum-weight perfect matching"
    correlated: ClassVar[bool] = False

    def _open(self, rows: Rows) -> None:
        self._matching = Matching(model_of(rows), correlated=self.correlated)

    def _predict(self, rows: Rows) -> NDArray[Any]:
        return self._matching.flips(self.packed(rows))
