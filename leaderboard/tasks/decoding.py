"""Whether the logical observable of a shot was flipped: what a decoder tells from its events."""

from dataclasses import replace

from leaderboard.kinds.binary import Binary
from leaderboard.kinds.binary_metrics import BRIER, ERROR_RATE, LOG_LOSS, SKILL

TASK = Binary(
    name="decoding",
    title="Decoding",
    label="observable",
    unit="1",
    meaning="1 where the logical observable of the shot was flipped",
    metrics=(replace(ERROR_RATE, title="Logical error a shot"), BRIER, LOG_LOSS, SKILL),
    primary="error_rate",
)
