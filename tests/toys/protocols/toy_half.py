"""Half of the training rows, and all of them."""

from baselines.contract.protocol import Available, Point, Protocol


def _points(config: Available) -> list[Point]:
    return [
        Point(config.config, task, n, config.shots)
        for task in config.tasks
        for n in (config.train // 2, config.train)
    ]


PROTOCOL = Protocol(title="Half of the rows, and all", points=_points)
