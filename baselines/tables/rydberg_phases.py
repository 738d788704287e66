"""Accuracy of phases of a chain of 31 Rydberg atoms."""

from baselines.contract.table import Table
from leaderboard.cells import CellKey
from leaderboard.kinds.published import Published

SOURCE = "arXiv 2505.13852"
CONFIG = "rydberg_1d_n031"
# Method → accuracy at n = 100 and M = 64, 256.
_ACCURACY = {"MLP": {64: 0.9279, 256: 0.9450}, "CNN": {64: 0.9250, 256: 0.9279}}

TABLE = Table(
    title="Phases of 31 Rydberg atoms, n = 100",
    source=SOURCE,
    protocol="qpc",
    published=tuple(
        Published(method, CellKey(CONFIG, "phase", 100, shots), "accuracy", value, SOURCE)
        for method, values in _ACCURACY.items()
        for shots, value in values.items()
    ),
    ours={"MLP": "mlp", "CNN": "cnn"},
)
