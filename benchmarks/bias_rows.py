"""Rows of `benchmarks.inductive_bias`: couplings, four kinds of targets, entropies of the states.

Each kind has two numbers, each of which is learnt by a network of its own with one output:

- `near`: C_ij of neighbours, in one window of the tree and across the middle of the chain;
- `far`: C_ij of two pairs that are half of the chain apart;
- `entropy`: Rényi-2 entropy in bits of the first quarter and of the first half;
- `string`: Π X over a block of N/4 and over one of N/2 sites in Ising chains, Π Z in the Heisenberg
  chain; in the cluster chain the string order Z X … X Z of a sublattice and its X … X alone.
"""

import time
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
        targets: kind → float64 (R, 2).
        correlation: mean of |C_ij| over the first PROFILED rows, float64 (N, N).
        entropies: von Neumann entropy in bits of the blocks of each scale, largest block of a row,
            float64 (PROFILED, L).
        renyi2: the same of Rényi-2.
        seconds: CPU seconds of solving and measuring.
    """

    family: str
    sites: int
    inputs: Floats
    targets: dict[str, Floats]
    correlation: Floats
    entropies: Floats
    renyi2: Floats
    seconds: float

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
        raise RequestError(
            f"{sites} sites are no power of {WINDOW} from 8 on: give 8, 16, 32 or 64."
        )


def make_rows(family: str, sites: int, count: int) -> Rows:
    """Solve `count` rows of a family as a build does, and measure them.

    Raises:
        RequestError: a family or a size that is not one of this experiment.
    """
    check_sites(sites)
    spec = families.load(family)
    if family not in FAMILIES or not isinstance(spec, GroundStateFamily):
        raise RequestError(f"family {family}: give one of {', '.join(FAMILIES)}.")
    started = time.process_time()
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
    by_row = [worst[k] for k in sorted(worst)]
    entropies, renyi2 = (np.stack([pair[which] for pair in by_row]) for which in (0, 1))
    given, seen = _inputs(family, size, flat), np.abs(c[:PROFILED]).mean(axis=0)
    seconds = time.process_time() - started
    return Rows(family, sites, given, targets, seen, entropies, renyi2, seconds)


def near_pairs(sites: int) -> tuple[tuple[int, int], ...]:
    """Neighbours in one window, and across the middle."""
    return (2, 3), (sites // 2 - 1, sites // 2)


def far_pairs(sites: int) -> tuple[tuple[int, int], ...]:
    """Pairs half of the chain apart: both across the middle."""
    half = sites // 2
    return (1, 1 + half), (half // 2 + 1, half // 2 + 1 + half)


def cuts(sites: int) -> tuple[int, ...]:
    """Numbers of sites on the left."""
    return sites // 4, sites // 2


def strings(family: str, sites: int) -> tuple[PauliString, ...]:
    """The two strings of a family."""
    half, quarter = sites // 2, sites // 4
    if family == "cluster_ising_1d":
        length = quarter - quarter % 2
        xs = tuple(range(2, 1 + 2 * length, 2))
        return ("Z" + "X" * length + "Z", (1, *xs, 1 + 2 * length)), ("X" * length, xs)
    letter = "Z" if family == "random_field_heisenberg_1d" else "X"
    blocks = ((half, quarter), (quarter, half))
    return tuple((letter * n, tuple(range(a, a + n))) for a, n in blocks)


def save(rows: Rows, path: Path) -> None:
    """Keep rows in a file .npz."""
    targets = {f"target_{k}": v for k, v in rows.targets.items()}
    np.savez_compressed(
        path, inputs=rows.inputs, correlation=rows.correlation, entropies=rows.entropies,
        renyi2=rows.renyi2, seconds=rows.seconds, **targets,
    )  # fmt: skip


def read(family: str, sites: int, path: Path) -> Rows:
    """The rows that `save` kept."""
    with np.load(path) as held:
        return Rows(
            family, sites, held["inputs"], {k: held[f"target_{k}"] for k in TARGETS},
            held["correlation"], held["entropies"], held["renyi2"], float(held["seconds"]),
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
