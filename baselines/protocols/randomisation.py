"""Outcomes replaced by independent uniform tokens, beside the measured ones.

What a model says when every token is random is owed to the Hamiltonians alone. When only those
that it is shown are random, and training labels are the measured ones, a difference that is not
above 0 shows a model that does not use the measurements it is given: the test of arXiv 2505.13852.
"""

from dataclasses import replace

from baselines.contract.protocol import GRID_SHOTS, Available, Point, Protocol, grid
from builders.physics.record import PauliTokens


def _points(config: Available) -> list[Point]:
    shots = [m for m in (GRID_SHOTS[0], GRID_SHOTS[-1]) if m <= config.shots]
    rows = config.most_rows
    if not isinstance(config.record, PauliTokens):
        return []
    asked = [*config.estimated(), *config.of_kind("classification")]
    measured = [p for p in grid(config, asked) if p.shots in shots and p.n == rows]
    random = [replace(p, tokens=tokens) for p in measured for tokens in ("random", "inputs")]
    return [*measured, *random]


PROTOCOL = Protocol(title="Measured against random tokens, paired", points=_points)
