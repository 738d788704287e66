"""Matching of detection events: the likeliest set of faults that flip two detectors at most."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from baselines.decoders.error_model import need
from baselines.decoders.fault_graph import parts_of
from builders.core.errors import RequestError

if TYPE_CHECKING:
    import pymatching
    import stim

Packed = NDArray[np.uint8]


class Matching:
    """Minimum-weight perfect matching by PyMatching (Higgott and Gidney, Quantum 9, 1600 (2025)).

    Args:
        model: detector error model, its faults decomposed into edges.
        correlated: whether edges that a first matching chose make those likelier that come from the
            same faults, and a second matching decides (Fowler, arXiv 1310.0863).

    Raises:
        RequestError: PyMatching is not installed, or faults do not decompose into edges.
    """

    def __init__(self, model: "stim.DetectorErrorModel", *, correlated: bool) -> None:
        parts = [part for _, parts in parts_of(model) for part in parts]
        large = sum(sum(k < model.num_detectors for k in part) > 2 for part in parts)
        if large:
            raise RequestError(
                f"matching needs faults that flip two detectors at most; {large} of {len(parts)} "
                "parts of faults here flip more. Choose another decoder (bp_osd, tesseract, "
                "decoder_mlp)."
            )
        library = need("pymatching", "'qslbench[codes]'")
        self._detectors = model.num_detectors
        self._correlated = correlated
        self._matching: pymatching.Matching = library.Matching.from_detector_error_model(
            model, enable_correlations=correlated
        )
        self._matching.ensure_num_fault_ids(model.num_observables)

    def flips(self, events: Packed) -> NDArray[np.bool_]:
        """Which observables the matching flips, bool (R, K), of packed events (R, ⌈D/8⌉)."""
        found = self._matching.decode_batch(
            events, bit_packed_shots=True, enable_correlations=self._correlated
        )
        return np.asarray(found, dtype=np.bool_)

    def weights(self, events: Packed) -> NDArray[np.float64]:
        """Σ ln((1 − p)/p) over the edges of the matching, float64 (R,)."""
        _, weights = self._matching.decode_batch(
            *(events,),
            bit_packed_shots=True,
            enable_correlations=self._correlated,
            return_weights=True,
        )
        return np.asarray(weights)
