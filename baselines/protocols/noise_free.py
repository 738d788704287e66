"""Exact training labels, M = ∞: what is left is what a model cannot learn from n Hamiltonians."""

from baselines.contract.protocol import GRID_N, Available, Point, Protocol

LARGE_N = (1_000, 10_000, 100_000)


def _points(config: Available) -> list[Point]:
    return [
        Point(config.config, task, n, shots=0)
        for task in config.estimated()
        for n in (*GRID_N, *LARGE_N)
        if n <= config.train
    ]


PROTOCOL = Protocol(title="Exact training labels, n from 20 to 100,000", points=_points)
