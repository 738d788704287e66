"""Phases told from the Hamiltonian or from measurements: n × M over the families that have them."""

from baselines.contract.protocol import Available, Point, Protocol, grid


def _points(config: Available) -> list[Point]:
    return grid(config, config.of_kind("classification"))


PROTOCOL = Protocol(title="Phases, n in 20 … 100 and M in 64 … 512", points=_points)
