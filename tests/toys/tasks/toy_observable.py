"""Whether the first bit flipped: a bit for every shot."""

from leaderboard.kinds.binary import Binary
from leaderboard.kinds.binary_metrics import BRIER, ERROR_RATE, SKILL

TASK = Binary(
    name="toy_observable",
    title="Observable",
    label="observable",
    unit="1",
    meaning="1 where the first bit flipped",
    metrics=(ERROR_RATE, BRIER, SKILL),
    primary="error_rate",
)
