"""A table of the syndromes seen in training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.decoders.decoder import Decoder


class Model(Decoder):
    """Each pattern of events gets the share of flips among the training shots that had it.

    A pattern that was not seen gets that of the seen pattern that differs from it in one event, the
    commonest of them, or else that of all shots together. Of use where patterns come back: at
    distance 3, and hardly beyond.
    """

    title = "Table of syndromes"

    def _fit(self, cell: Cell) -> None:
        events = _keys(self.packed(cell.train))
        self._seen, index, counts = np.unique(events, return_inverse=True, return_counts=True)
        ones = np.stack([np.bincount(index, bits) for bits in cell.labels.T], axis=1)
        # Half a shot of each value is added, so that one shot alone is not taken for certainty.
        self._share = (ones + 0.5) / (counts[:, None] + 1.0)
        self._counts, self._base = counts, cell.labels.mean(axis=0)
        self._bits = cell.train.detectors
        self.n_parameters = self._share.size

    def _predict(self, rows: Rows) -> NDArray[Any]:
        packed = self.packed(rows)
        found, known = self._place(packed)
        answers = np.where(known[:, None], self._share[found], self._base)
        rest = np.flatnonzero(~known)
        best = np.zeros(len(rest), dtype=np.int64)
        for bit in range(self._bits):
            near = packed[rest]
            near[:, bit // 8] ^= np.uint8(1 << bit % 8)
            found, known = self._place(near)
            counts = np.where(known, self._counts[found], 0)
            better = counts > best
            answers[rest[better]] = self._share[found[better]]
            best = np.maximum(best, counts)
        return answers

    def _place(self, packed: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where each pattern stands in the table, int64 (R,), and whether it does, bool (R,)."""
        asked = _keys(packed)
        place = np.minimum(np.searchsorted(self._seen, asked), len(self._seen) - 1)
        return place, np.asarray(self._seen[place] == asked)


def _keys(packed: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """Packed events as one text of bytes a row, (R,).

    numpy leaves out zeros at the end of such texts; rows of one length stay different all the same.
    """
    whole = np.ascontiguousarray(packed)
    return whole.view(f"S{whole.shape[1]}").reshape(-1)
