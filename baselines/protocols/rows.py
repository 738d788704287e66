"""Answers against the number of rows, where a row holds no copies of which fewer could be shown.

A row is one shot of a circuit, or its parameters alone: what can be varied is n. Rows that are
shots are many, so that n goes on by decades.
"""

from baselines.contract.protocol import GRID_N, Available, Point, Protocol

DECADES = tuple(10**k for k in range(3, 7))


def _points(config: Available) -> list[Point]:
    if config.record.has_copies:
        return []
    return [
        Point(config.config, task, n, config.shots)
        for task in config.tasks
        for n in (*GRID_N, *DECADES)
        if n <= config.train
    ]


PROTOCOL = Protocol(title="Rows without copies, n from 20 to 1,000,000", points=_points)
