"""Angles and cuts of graphs: what is learnt from n graphs, at the size of training and at others.

A learned row has to beat fixed angles, which know no training graph, not random starts. Each model
is asked about the test graphs of its config, about other sizes of the family (`from:CONFIG` on a
board), and about the shifted graphs.
"""

from dataclasses import replace

from baselines.contract.protocol import Available, Job, Point, Protocol
from baselines.contract.variant import Variant
from builders.kinds.graph import GraphFamily

ROWS = (10, 20, 50, 100, 200, 500, 1000)
MODELS = (
    *("fixed_angles", "train_mean", "knn", "mean_angles", "nearest_graph"),
    *("graph_ridge", "graph_angles"),
    *("greedy_cut", "goemans_williamson", "annealing_cut"),
)


def _points(config: Available) -> list[Point]:
    if not isinstance(config.resolved.family, GraphFamily):
        return []
    rows = [n for n in ROWS if n <= config.train]
    points = [Point(config.config, task, n, 0) for task in config.tasks for n in rows]
    last = [point for point in points if point.n == rows[-1]]
    away = [
        replace(point, asked=other.config)
        for point in last
        for other in config.siblings
        if point.task in other.tasks and other.train < point.n
    ]
    return [*points, *away, *(replace(p, split="test_ood") for p in last if config.shifted)]


def _layout(job: Job) -> tuple[str, str, str]:
    point = job.point
    where = "" if point.answered == point.config else f", {point.answered.rpartition('_')[2]}"
    shifted = ", shifted" if point.split != "test" else ""
    return "ratio to the largest cut", str(job.variant), f"n={point.n}{where}{shifted}"


PROTOCOL = Protocol(
    title="Angles and cuts of graphs, from n graphs",
    points=_points,
    layout=_layout,
    variants=tuple(map(Variant, MODELS)),
)
