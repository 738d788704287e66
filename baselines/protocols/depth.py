"""Perceptron and convolutions from 2 to 100 layers, with and without residual connections.

On shadow estimates, where noise leaves little to learn at any depth, and on exact labels.
"""

from baselines.contract.protocol import Job, Protocol, by_rows, estimated_and_exact
from baselines.contract.variant import Variant

DEPTHS = (2, 4, 8, 16, 32, 64, 100)


def _layout(job: Job) -> tuple[str, str, str]:
    settings = dict(job.settings)
    form = "residual" if settings["residual"] else "plain"
    table, _, rows = by_rows(job)
    return f"{table}, {rows}", f"{job.baseline}, {form}", f"{settings['depth']} layers"


PROTOCOL = Protocol(
    title="Depth from 2 to 100 layers, with and without residual connections",
    points=estimated_and_exact,
    layout=_layout,
    variants=tuple(
        Variant(name, (("depth", depth), ("residual", residual)))
        for name in ("mlp", "cnn")
        for residual in (True, False)
        for depth in DEPTHS
    ),
)
