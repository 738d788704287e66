"""Perceptron and convolutions from 2 to 100 layers, with and without residual connections.

On shadow estimates, where noise leaves little to learn at any depth, and on exact labels.
"""

from baselines.contract.protocol import GRID_SHOTS, Available, Job, Point, Protocol, by_rows
from baselines.contract.variant import Variant

DEPTHS = (2, 4, 8, 16, 32, 64, 100)


def _points(config: Available) -> list[Point]:
    n = config.most_rows
    if not n or config.shots < GRID_SHOTS[0]:
        return []
    return [Point(config.config, t, n, m) for t in config.estimated() for m in (GRID_SHOTS[0], 0)]


def _layout(job: Job) -> tuple[str, str, str]:
    settings = dict(job.settings)
    form = "residual" if settings["residual"] else "plain"
    table, _, rows = by_rows(job)
    return f"{table}, {rows}", f"{job.baseline}, {form}", f"{settings['depth']} layers"


PROTOCOL = Protocol(
    title="Depth from 2 to 100 layers, with and without residual connections",
    points=_points,
    layout=_layout,
    variants=tuple(
        Variant(name, (("depth", depth), ("residual", residual)))
        for name in ("mlp", "cnn")
        for residual in (True, False)
        for depth in DEPTHS
    ),
)
