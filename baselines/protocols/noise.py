"""The error against the noise of the record, of all baselines, with and without mitigation.

Configs of one family and size differ by their noise channel alone where they were built from the
same seeds: states and ideal shots are the same. All have cells of the same n and M, so that a line
of a table is one baseline at equal copies and rising noise. `readout_mitigation`, `zne`, `cdr`,
`linear_mitigation` and `forest_mitigation` undo the noise of the test row; `shadow` does not. What
learns from labels runs twice: from estimates as they are read, biased by the noise, and, as
`mitigated=true`, from those with the channel undone.
"""

from baselines.contract.protocol import GRID_SHOTS, Available, Job, Point, Protocol
from builders.core.names import config_name
from builders.dataset.config import Config
from builders.physics.channel import Channel

NONE = "no noise"


def _points(config: Available) -> list[Point]:
    size = config.resolved.size
    if config.resolved.channel and not config.resolved.known_channel:
        return []  # measured by others, on other states
    others = [s for s in config.siblings if s.resolved.size == size]
    others = [s for s in others if s.resolved.known_channel == s.resolved.channel]
    together = [config, *others]
    if not others or not any(one.resolved.channel for one in together):
        return []
    n = min(one.most_rows for one in together)
    most = min(one.shots for one in together)
    shots = [m for m in (GRID_SHOTS[0], GRID_SHOTS[-1]) if m <= most]
    return [Point(config.config, t, n, m) for t in config.estimated() for m in shots if n]


def _layout(job: Job) -> tuple[str, str, str]:
    p = job.point
    channel = Config.parse(p.config).channel
    column = Channel.parse(channel).name.replace("_", " ") if channel else NONE
    return f"M = {p.shots}, n = {p.n}", str(job.variant), column


def _order(column: str) -> tuple[int, tuple[float, ...], str]:
    """No noise first, then by kind and strength."""
    return (-1, (), "") if column == NONE else Channel.parse(column.replace(" ", "_")).order


def _heading(job: Job) -> str:
    config = Config.parse(job.point.config)
    return config_name(config.family.name, config.size)


PROTOCOL = Protocol(
    title="Error against the noise of the record at equal copies",
    points=_points,
    layout=_layout,
    heading=_heading,
    order=_order,
    mitigated=True,
)
