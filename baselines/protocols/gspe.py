"""Ground-state property estimation: correlations and entropies over n × M."""

from baselines.contract.protocol import Protocol, grid

PROTOCOL = Protocol(title="Ground-state properties, n in 20 … 100 and M in 64 … 512", points=grid)
