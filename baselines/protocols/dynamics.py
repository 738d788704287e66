"""The error against time, at a fixed number of copies of the states of evolutions.

Whole evolutions are trained on, so that n·M copies mean as many of every time: few evolutions
measured often, or many seldom. Summaries tell the error of each time beside that of all.
"""

from baselines.contract.protocol import Available, Job, Point, Protocol

EVOLUTIONS = (1, 2, 4, 5, 8, 10, 20)
COPIES = (320, 1_280)
"""Of the states of each time, in all evolutions together."""
LEAST_SHOTS = 16


def _points(config: Available) -> list[Point]:
    family = config.resolved.family
    if not family.trajectory or not config.record.has_copies:
        return []
    return [
        Point(config.config, task, count * family.rows_a_seed, copies // count)
        for task in config.estimated()
        for copies in COPIES
        for count in EVOLUTIONS
        if copies % count == 0
        and LEAST_SHOTS <= copies // count <= config.shots
        and count * family.rows_a_seed <= config.train
    ]


def _layout(job: Job) -> tuple[str, str, str]:
    p = job.point
    return f"n·M = {p.n * p.shots}", str(job.variant), f"{p.n}·{p.shots}"


PROTOCOL = Protocol(
    title="Error against time, splits n : M of a total over whole evolutions",
    points=_points,
    layout=_layout,
    by_time=True,
)
