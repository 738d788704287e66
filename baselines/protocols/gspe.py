"""Properties estimated from shots, correlations and entropies of ground states, over n × M."""

from baselines.contract.protocol import Available, Point, Protocol, grid


def _points(config: Available) -> list[Point]:
    return grid(config, config.estimated())


PROTOCOL = Protocol(
    title="Ground-state properties, n in 20 … 100 and M in 64 … 512", points=_points
)
