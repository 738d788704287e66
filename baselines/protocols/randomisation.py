"""Every outcome replaced by an independent uniform token, beside the measured ones.

What a model says after that is owed to the Hamiltonians alone; a difference that is not above 0
shows a model that does not use the measurements it is given.
"""

from dataclasses import replace

from baselines.protocol import GRID_N, GRID_SHOTS, Available, Point, Protocol, grid


def _points(config: Available) -> list[Point]:
    shots = [m for m in (GRID_SHOTS[0], GRID_SHOTS[-1]) if m <= config.shots]
    rows = max((n for n in GRID_N if n <= config.train), default=0)
    measured = [p for p in grid(config) if p.shots in shots and p.n == rows]
    return [q for p in measured for q in (p, replace(p, tokens="random"))]


PROTOCOL = Protocol(title="Measured against random tokens, paired", points=_points)
