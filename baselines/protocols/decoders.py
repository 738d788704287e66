"""Logical error against training shots, and against the strength of the noise and the distance.

Configs of a code differ by its size and channel alone; a line of a table across configs is one
decoder that learnt from as many shots of each. Solvers are told the error model and learn nothing:
their lines tell what the shots are worth.
"""

from baselines.contract.protocol import Available, Job, Point, Protocol
from baselines.protocols.rows import DECADES
from builders.dataset.config import Config


def _points(config: Available) -> list[Point]:
    if not config.record.per_shot:
        return []
    return [
        Point(config.config, task, n, config.shots)
        for task in config.of_kind("binary")
        for n in DECADES
        if n <= config.train
    ]


def _across(job: Job) -> tuple[str, str, str, str]:
    config = Config.parse(job.point.config)
    column = f"{config.size.suffix} {config.channel}".strip()
    return config.family.name, f"n = {job.point.n}", str(job.variant), column


PROTOCOL = Protocol(
    title="Logical error against training shots, noise and distance", points=_points, across=_across
)
