"""Channels near the sites against channels near the output, at one parameter count.

ConvAC, whose widths bound the entanglement of what it computes, and the ordinary network of the
same shape; on shadow estimates and on exact labels. What profiles do to targets of other ranges,
and the widths that entropies propose, are in `benchmarks.inductive_bias`.
"""

from baselines.contract.protocol import Job, Protocol, by_rows, estimated_and_exact
from baselines.contract.variant import Variant

PROFILES = ("flat", "wide_base", "wide_tip")


def _layout(job: Job) -> tuple[str, str, str]:
    table, _, rows = by_rows(job)
    return f"{table}, {rows}", job.baseline, str(dict(job.settings)["profile"])


PROTOCOL = Protocol(
    title="Channel profiles of ConvAC and ConvNet, at one parameter count",
    points=estimated_and_exact,
    layout=_layout,
    variants=tuple(
        Variant(name, (("profile", profile),))
        for name in ("convac", "convnet")
        for profile in PROFILES
    ),
)
