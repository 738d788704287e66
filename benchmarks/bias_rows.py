"""Rows of `benchmarks.inductive_bias`: couplings, four kinds of targets, entropies of the states.

Each kind has four numbers, so that networks for any of them have as many outputs:

- `near`: C_ij of neighbours and next neighbours, one pair inside a window, others across;
- `far`: C_ij of sites that are half of the chain apart;
- `entropy`: Rényi-2 entropy in bits of the first k sites, k about N/4, 3N/8, N/2, 3N/4;
- `string`: Π X over two blocks of each of two lengths in Ising chains, Π Z in the Heisenberg chain,
  and in the cluster chain the string order Z X … X Z and X … X of both sublattices.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.features import channels
from baselines.tensor_networks.architecture import layers
from baselines.tensor_networks.profile import profile_of_chain
from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.phase import PauliString
from builders.physics.rows import BuildSettings
from builders.solvers.dmrg.strings import expectations

Floats = NDArray[np.float64]

FAMILIES = {
    "tfim_1d": "paramagnet",
    "tfim_1d_critical": "critical",
    "tfim_1d_ordered": "ordered",
    "random_field_heisenberg_1d": "random field",
    "cluster_ising_1d": "SPT",
}
TARGETS = ("near", "far", "entropy", "string")
WINDOW = 2
PROFILED = 24
"""Rows whose entropies are measured at every scale."""
SEED = 2027


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one family.

    Attributes:
        family: its name.
        sites: N.
        inputs: float64 (R, N, M), a 1 and the tanh of the standardised couplings of each site; of a
            family without local couplings the numbers of the row at every site.
        targets: kind → float64 (R, 4).
        correlation: mean of |C_ij| over the first PROFILED rows, float64 (N, N).
        entropies: von Neumann entropy in bits of the blocks of each scale, largest block of a row,
            float64 (PROFILED, L).
        renyi2: the same of Rényi-2.
    """

    family: str
    sites: int
    inputs: Floats
    targets: dict[str, Floats]
    correlation: Floats
    entropies: Floats
    renyi2: Floats

    @property
    def is_local(self) -> bool:
        """Whether sites differ in what they bring: else no order of them differs from another."""
        return bool(np.ptp(self.inputs, axis=1).any())


def check_sites(sites: int) -> None:
    """Refuse a chain whose tree would be padded, since sites would not be alike in it.

    Raises:
        RequestError: N is below 8 or no power of the window.
    """
    if sites < 8 or WINDOW ** layers(max(2, sites), WINDOW) != sites:
        raise RequestError(f"{sites} sites are no power of {WINDOW} from 8 on: give 8, 16, 32 or 64.")


def make_rows(family: str, sites: int, count: int) -> Rows:
    """Solve `count` rows of a family as a build does, and measure them.

    Raises:
        RequestError: a family or a size that is not one of this experiment.
    """
    check_sites(sites)
    spec = families.load(family)
    if family not in FAMILIES or not isinstance(spec, GroundStateFamily):
        raise RequestError(f"family {family}: give one of {', '.join(FAMILIES)}.")
    size = Size(sites)
    rng = np.random.default_rng([SEED, sites, list(FAMILIES).index(family)])
    parameters = [spec.check(size, spec.draw(size, rng)) for _ in range(count)]
    batch = spec.solved(size, parameters, spec.check_settings(size, BuildSettings("")))
    labels = batch.labels()
    c = labels["correlation"]
    targets = {
        "near": np.stack([c[:, i, j] for i, j in near_pairs(sites)], axis=1),
        "far": np.stack([c[:, i, j] for i, j in far_pairs(sites)], axis=1),
        "entropy": labels["renyi2_blocks"][:, [k - 1 for k in cuts(sites)]],
        "string": expectations(batch, strings(family, sites)),
    }
    flat = np.stack([spec.flatten(row) for row in parameters])
    worst = {}
    for numbers, state in batch.groups:
        for at, number in enumerate(numbers):
            if number < PROFILED:
                found = profile_of_chain(state, WINDOW, at)
                worst[number] = (
                    found.worst(),
                    np.array([blocks.max() for blocks in found.blocks_renyi2]),
                )
    profiles = [np.stack([worst[k][which] for k in sorted(worst)]) for which in (0, 1)]
    return Rows(
        family, sites, _inputs(family, size, flat), targets, np.abs(c[:PROFILED]).mean(axis=0), *profiles
    )


def near_pairs(sites: int) -> tuple[tuple[int, int], ...]:
    """Neighbours in one window, in two, across the middle, and next neighbours."""
    quarter, half = sites // 4, sites // 2
    return (2, 3), (quarter + 1, quarter + 3), (half - 1, half), (half + quarter - 1, half + quarter)


def far_pairs(sites: int) -> tuple[tuple[int, int], ...]:
    """Pairs half of the chain apart: each across the middle."""
    half = sites // 2
    return tuple((i, i + half) for i in (1, half // 2 - 1, half // 2 + 1, half - 1))


def cuts(sites: int) -> tuple[int, ...]:
    """Numbers of sites on the left."""
    return sites // 4, 3 * sites // 8, sites // 2, 3 * sites // 4


def strings(family: str, sites: int) -> tuple[PauliString, ...]:
    """The four strings of a family."""
    half, quarter = sites // 2, sites // 4
    if family == "cluster_ising_1d":
        length = quarter - quarter % 2
        made: list[PauliString] = []
        for a in (1, 2):
            xs = tuple(range(a + 1, a + 2 * length, 2))
            made += [("Z" + "X" * length + "Z", (a, *xs, a + 2 * length)), ("X" * length, xs)]
        return tuple(made)
    letter = "Z" if family == "random_field_heisenberg_1d" else "X"
    blocks = ((1, quarter), (half, quarter), (quarter - 1, half), (quarter, half))
    return tuple((letter * n, tuple(range(a, a + n))) for a, n in blocks)


def save(rows: Rows, path: Path) -> None:
    """Keep rows in a file .npz."""
    targets = {f"target_{k}": v for k, v in rows.targets.items()}
    np.savez_compressed(
        path, inputs=rows.inputs, correlation=rows.correlation, entropies=rows.entropies,
        renyi2=rows.renyi2, **targets,
    )  # fmt: skip


def read(family: str, sites: int, path: Path) -> Rows:
    """The rows that `save` kept."""
    with np.load(path) as held:
        return Rows(
            family, sites, held["inputs"], {k: held[f"target_{k}"] for k in TARGETS},
            held["correlation"], held["entropies"], held["renyi2"],
        )  # fmt: skip


def _inputs(family: str, size: Size, flat: Floats) -> Floats:
    given = channels(families.load(family), size, flat)
    local = [(c - c.mean()) / c.std() for c in given.local if np.ptp(c) > 1e-9]
    parts = [np.pad(c, ((0, 0), (0, size.sites - c.shape[1]))) for c in local]
    if not parts:
        shared = given.shared[:, np.ptp(given.shared, axis=0) > 1e-9]
        unit = (shared - shared.mean(axis=0)) / shared.std(axis=0)
        parts = [np.repeat(column[:, None], size.sites, axis=1) for column in unit.T]
    bounded = np.tanh(np.stack(parts, axis=2))
    return np.concatenate([np.ones_like(bounded[:, :, :1]), bounded], axis=2)
