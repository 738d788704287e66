"""The error against n·M at a fixed total: many Hamiltonians seldom, or few often."""

from baselines.contract.protocol import Available, Job, Point, Protocol

TOTALS = (1_600, 3_200, 6_400, 12_800)
ROWS = (5, 10, 20, 25, 40, 50, 80, 100)
LEAST_SHOTS = 16


def _points(config: Available) -> list[Point]:
    return [
        Point(config.config, task, n, total // n)
        for task in config.estimated()
        for total in TOTALS
        for n in ROWS
        if total % n == 0 and LEAST_SHOTS <= total // n <= config.shots and n <= config.train
    ]


def _layout(job: Job) -> tuple[str, str, str]:
    p = job.point
    return f"n·M = {p.n * p.shots}", str(job.variant), f"{p.n}·{p.shots}"


PROTOCOL = Protocol(
    title="Error against n·M, all splits n : M of a total", points=_points, layout=_layout
)
