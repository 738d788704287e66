"""What makes a simple model strong: one ingredient left out at a time.

`ridge_pairs` is local, shares its weights over pairs, scales with distance and is linear.
`mlp_pairs` adds the non-linearity. Without sharing it is `ridge_local`; without locality pairs see
the row as a whole; without either it is the `ridge` of the study.
"""

from baselines.contract.protocol import GRID_N, GRID_SHOTS, Available, Point, Protocol
from baselines.contract.variant import Variant

FAMILIES = ("heisenberg_1d", "tfim_1d")


def _points(config: Available) -> list[Point]:
    if config.resolved.family.name not in FAMILIES or config.shots < GRID_SHOTS[0]:
        return []
    rows = [n for n in (GRID_N[0], GRID_N[2], GRID_N[-1]) if n <= config.train]
    return [Point(config.config, t, n, GRID_SHOTS[0]) for t in config.estimated() for n in rows]


PROTOCOL = Protocol(
    title="Locality, sharing, distance and non-linearity, one left out at a time",
    points=_points,
    variants=(
        Variant("mlp_pairs"),
        Variant("mlp_pairs", (("half_width", 0),)),
        Variant("ridge_pairs"),
        Variant("ridge_pairs", (("distance", False),)),
        Variant("ridge_pairs", (("near", False),)),
        Variant("ridge_local"),
        Variant("ridge"),
        Variant("distance_mean"),
        Variant("train_mean"),
    ),
)
