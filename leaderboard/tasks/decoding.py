"""Whether the logical observable of a shot was flipped: what a decoder tells from its events."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from builders.physics.geometry import rounds_of
from leaderboard.cells import Answer
from leaderboard.kinds.binary import Binary
from leaderboard.kinds.binary_metrics import (
    BRIER,
    ERROR_RATE,
    LOG_LOSS,
    SKILL,
    Tally,
    error_rate,
    of_independent_rows,
)
from leaderboard.kinds.lines import under_gain
from leaderboard.kinds.metrics import Floats, Metric, UndefinedError
from leaderboard.kinds.truth import Truth


@dataclass(frozen=True, eq=False)
class Decoded(Tally):
    """Answers to shots of a memory experiment.

    Attributes:
        rounds: of measurement; None where they are not known.
    """

    rounds: int | None = None


def a_round(error: Any, rounds: int) -> Any:
    """The logical error a round of r rounds that are alike: (1 − (1 − 2P)^{1/r})/2.

    A round flips the observable or not, and P is the chance of an odd number of flips. From P = ½
    on nothing is kept, and it is ½.

    Args:
        error: P, a number or an array.
        rounds: r.
    """
    return 0.5 * (1.0 - np.maximum(0.0, 1.0 - 2.0 * error) ** (1.0 / rounds))


def _rounds(tally: Tally) -> int:
    rounds = tally.rounds if isinstance(tally, Decoded) else None
    if rounds is None:
        raise UndefinedError("needs the rounds of the circuit, which are those of a config")
    return rounds


def error_a_round(tally: Tally, weights: Floats) -> Floats:
    """`a_round` of the share of wrong shots, float64 (K,).

    Raises:
        UndefinedError: plain arrays are scored, whose rounds are not known.
    """
    return np.asarray(a_round(error_rate(tally, weights), _rounds(tally)))


def _interval(tally: Tally) -> tuple[float, float] | None:
    """Wilson's interval of a shot, by the round: it grows with the error."""
    ends = of_independent_rows(tally)
    if ends is None:
        return None
    low, high = (float(a_round(end, _rounds(tally))) for end in ends)
    return low, high


@dataclass(frozen=True, kw_only=True)
class Decoding(Binary):
    """A binary task that knows for how many rounds the code was measured."""

    def evidence(self, answer: Answer, truth: Truth) -> Decoded:
        """See `Binary.evidence`."""
        tally = super().evidence(answer, truth)
        rounds = None if truth.size is None else rounds_of(truth.size)
        return Decoded(tally.predicted, tally.exact, tally.chances, tally.blocks, rounds)


A_SHOT = replace(
    ERROR_RATE,
    name="logical_error",
    title="Logical error a shot",
    meaning="share of shots whose observable is told wrong",
)
A_ROUND = Metric(
    *("logical_error_round", error_a_round, "lower"),
    *("(1 - (1 - 2 P)^(1/r)) / 2 of the logical error P a shot of r rounds",),
    *("Logical error a round",),
    interval=_interval,
)
_NO_DECODING = "the more common value for every shot: no decoding"

TASK = Decoding(
    name="decoding",
    title="Decoding",
    label="observable",
    unit="1",
    meaning="1 where the logical observable of the shot was flipped",
    metrics=(A_SHOT, A_ROUND, BRIER, LOG_LOSS, SKILL),
    primary="logical_error",
    lines=(under_gain("no decoding", _NO_DECODING, A_SHOT, SKILL),),
)
