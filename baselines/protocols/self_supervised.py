"""Pre-training paid for: n_pt·M_pt + n_sft·M_sft = n·M copies, divided in different ways.

A part of the copies of a cell goes to rows that are known by their shots alone, the rest to rows
with labels. Labels are made of the same shots, so that giving them away saves nothing: what can be
won is more Hamiltonians, of which each is seen so seldom that its label would be noise. `llm4qpe_f`
has the labelled part alone, and shows what the other part adds.
"""

from baselines.contract.protocol import Available, Job, Point, Protocol
from baselines.contract.variant import Variant

CELL = (40, 64)
SHARES = (0, 1, 2, 3)  # quarters of the copies that go to pre-training
PRETRAIN_SHOTS = (16, 64, 128)


def _points(config: Available) -> list[Point]:
    n, shots = CELL
    return [
        Point(config.config, task, n, shots, spent=(labelled, shots, rows, each))
        for task in config.estimated()
        for labelled, rows, each in _divisions(n, shots)
        if max(n, labelled + rows) <= config.train and max(shots, each) <= config.shots
    ]


def _divisions(n: int, shots: int) -> list[tuple[int, int, int]]:
    """(n_sft, n_pt, M_pt), with M_sft = M."""
    divisions = [(n, 0, 0)]
    for share in SHARES[1:]:
        away = n * share // 4
        divisions += [(n - away, away * shots // each, each) for each in PRETRAIN_SHOTS]
    return divisions


def _layout(job: Job) -> tuple[str, str, str]:
    p = job.point
    labelled, shots, rows, each = p.spent
    column = f"{labelled}·{shots} + {rows}·{each}"
    return f"n·M = {p.n * p.shots}", str(job.variant), column


PROTOCOL = Protocol(
    title="n·M copies divided between labelled rows and pre-training",
    points=_points,
    layout=_layout,
    variants=(Variant("llm4qpe_t"), Variant("llm4qpe_f")),
)
