"""Phases told from the Hamiltonian or from measurements: n × M over the families that have them."""

from functools import partial

from baselines.contract.protocol import Protocol, grid

PROTOCOL = Protocol(
    title="Phases, n in 20 … 100 and M in 64 … 512", points=partial(grid, wanted=("phase",))
)
