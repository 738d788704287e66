"""Perceptron and convolutions from 2 to 100 layers, with and without residual connections."""

from baselines.protocol import GRID_N, GRID_SHOTS, Available, Job, Point, Protocol
from baselines.variant import Variant

DEPTHS = (2, 4, 8, 16, 32, 64, 100)
TASKS = ("correlation", "renyi2")


def _points(config: Available) -> list[Point]:
    n = max((n for n in GRID_N if n <= config.train), default=0)
    if not n or config.shots < GRID_SHOTS[0]:
        return []
    return [Point(config.config, task, n, GRID_SHOTS[0]) for task in TASKS if task in config.tasks]


def _layout(job: Job) -> tuple[str, str, str]:
    settings = dict(job.settings)
    form = "residual" if settings["residual"] else "plain"
    table = f"M = {job.point.shots}, n = {job.point.n}"
    return table, f"{job.baseline}, {form}", f"{settings['depth']} layers"


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
