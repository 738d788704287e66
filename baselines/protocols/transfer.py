"""Trained at one size, asked at another, and asked about a shifted distribution.

Answers about another size are an ordinary submission to that size's cell of the same n and M, in
the track `from:CONFIG` of the config that the model was trained on. Answers for the split
`test_ood` are a file of the same form with the rows of that split: `qslbench score --split
test_ood` takes it, a board does not.
"""

from dataclasses import replace

from baselines.contract.protocol import GRID_SHOTS, Available, Job, Point, Protocol


def _points(config: Available) -> list[Point]:
    n = config.most_rows
    if not n or config.shots < GRID_SHOTS[0]:
        return []
    home = [Point(config.config, task, n, GRID_SHOTS[0]) for task in config.estimated()]
    others = [s.config for s in config.siblings if s.train >= n and s.shots >= GRID_SHOTS[0]]
    away = [replace(p, asked=other) for p in home for other in others]
    shifted = [replace(p, split="test_ood") for p in home if config.shifted]
    return [*home, *away, *shifted]


def _layout(job: Job) -> tuple[str, str, str]:
    p = job.point
    column = p.answered.rpartition("_")[2] + (", shifted" if p.split != "test" else "")
    return f"M = {p.shots}, n = {p.n}", str(job.variant), column


PROTOCOL = Protocol(
    title="Trained at one size, asked at others and about shifted rows",
    points=_points,
    layout=_layout,
)
