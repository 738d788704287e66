"""Blocks of rows: what is made together, from the seeds of its rows to all their columns."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.schema import Arrays
from builders.dataset.spec import FIRST_ROW, OOD, BuildSpec
from builders.physics.family import Family
from builders.physics.parameters import Parameters
from builders.physics.rows import BuildSettings
from builders.physics.site_channel import SiteChannel

SAMPLE = 20
"""Of so many rows of a split, the first of each so many, one is held against another solver."""
CHECKED = "check_"
"""Before the names of what a certificate judges and no file holds."""


Given = Mapping[str, NDArray[np.float64]]
"""Split → flat parameters of all its rows, float64 (R, P)."""


@dataclass(frozen=True, order=True)
class RowBlock:
    """Rows first … first + block size − 1 of a split: made together, always all."""

    split: str
    number: int


def blocks_of(spec: BuildSpec) -> list[RowBlock]:
    """All blocks of a config."""
    return [
        RowBlock(split, k)
        for split, rows in spec.rows.items()
        for k in range(-(-rows // block_size(spec, split)))
    ]


def block_size(spec: BuildSpec, split: str) -> int:
    """Rows of a block of a split."""
    family = families.load(spec.family)
    return family.block_ood(spec.size) if split == OOD else family.block(spec.size)


def rows_kept(spec: BuildSpec, block: RowBlock) -> int:
    """Rows of a block that the data set keeps."""
    size = block_size(spec, block.split)
    return min(size, spec.rows[block.split] - block.number * size)


def make_block(
    spec: BuildSpec,
    block: RowBlock,
    solver: str = "",
    texts: Mapping[str, str] | None = None,
    *,
    sample: int = 0,
    given: Given | None = None,
) -> Arrays:
    """All columns of a block, with `check_*` columns and `cpu_seconds` (0-d) beside them.

    Args:
        spec: the config.
        block: which rows.
        solver: one of the family's.
        texts: the family's for this config (`Family.texts`), where they are known already.
        sample: of so many rows of the config one is held against another solver; 0 for none.
        given: the parameters of all rows, where they come from a table; the last block of a split
            holds no more rows than there are then.
    """
    started = time.process_time()
    family = families.load(spec.family)
    size = block_size(spec, block.split)
    first = FIRST_ROW[block.split] + block.number * size
    count = size if given is None else rows_kept(spec, block)
    ids = range(first, first + count)
    flat = None
    if given is not None:
        flat = given[block.split][block.number * size : block.number * size + count]
    seeds = spec.seed_column(block.split, ids)
    settings = replace(spec.settings(block.split, solver), texts=texts)
    with families.at_work(spec.family):
        rows = make_rows(family, spec.size, spec.shots, seeds, settings, spec.site_channel, flat)
    rows["row_id"] = np.arange(ids.start, ids.stop, dtype=np.int64)
    rows["seed"] = seeds
    if family.trajectory:
        rows["trajectory"] = (rows["row_id"] - FIRST_ROW[block.split]) // family.rows_a_seed
    if sample:
        rows |= _compared(family, spec, block, rows, settings, sample)
    rows["cpu_seconds"] = np.array(time.process_time() - started)
    return rows


def _compared(
    family: Family,
    spec: BuildSpec,
    block: RowBlock,
    rows: Arrays,
    settings: BuildSettings,
    sample: int,
) -> Arrays:
    """What the certificate is told of a sample of rows, (R,), NaN of the others."""
    count, first = len(rows["row_id"]), block.number * block_size(spec, block.split)
    chosen = [k for k in range(rows_kept(spec, block)) if (first + k) % sample == 0]
    if not chosen or "parameters" not in rows:
        return {}
    parameters = [family.unflatten(spec.size, rows["parameters"][k]) for k in chosen]
    some = {name: array[chosen] for name, array in rows.items()}
    told = {}
    for name, values in family.compared(spec.size, parameters, some, settings).items():
        told[f"{CHECKED}{name}"] = np.full(count, np.nan)
        told[f"{CHECKED}{name}"][chosen] = values
    return told


class Streams(NamedTuple):
    """Independent random numbers of one seed: none of them moves the others."""

    parameters: np.random.Generator
    record: np.random.Generator
    preparation: np.random.Generator
    channel: np.random.Generator


def streams(seed: int) -> Streams:
    """The streams of a row's seed, or of all rows that share it."""
    return Streams(*np.random.default_rng(seed).spawn(4))


def make_rows(
    family: Family,
    size: Size,
    shots: int,
    seeds: Sequence[int] | NDArray[np.int64],
    settings: BuildSettings,
    channel: SiteChannel | None = None,
    given: NDArray[np.float64] | None = None,
) -> Arrays:
    """Rows from their seeds alone, without their numbers.

    Args:
        family: the family.
        size: system size.
        shots: copies a row.
        seeds: one a row; rows of a family that share one follow each other.
        settings: how they are made.
        channel: what flips the bits of their random-Pauli shots; None for nothing.
        given: their flat parameters, float64 (R, P), where they are not drawn.
    """
    of_seed = [streams(int(seed)) for seed in seeds[:: family.rows_a_seed]]
    if given is None:
        parameters = drawn(family, size, of_seed, shifted=settings.shifted)
    else:
        parameters = [family.unflatten(size, row) for row in given]
    made = family.make(size, parameters, [s.preparation for s in of_seed], settings)
    rows: Arrays = {}
    if family.flat_length(size):
        rows["parameters"] = np.stack([family.flatten(p) for p in parameters])
    rows |= made.sample(shots, [s.record for s in of_seed])
    if channel is not None:
        rows["shots"] = channel.apply(rows["shots"], [s.channel for s in of_seed])
    rows |= made.columns
    return rows | {f"{CHECKED}{name}": array for name, array in made.exactness.items()}


def drawn(
    family: Family, size: Size, of_seed: Sequence[Streams], *, shifted: bool
) -> list[Parameters]:
    """The parameters of rows, from the streams of their seeds.

    Raises:
        RequestError: the family's `draw_rows` does not give as many rows as it says.
    """
    together = family.rows_a_seed
    rows = [family.draw_rows(size, s.parameters, shifted=shifted) for s in of_seed]
    wrong = [len(some) for some in rows if len(some) != together]
    if wrong:
        raise RequestError(
            f"family {family.name}: `draw_rows` gave {wrong[0]} rows of a seed, and `rows_a_seed` "
            f"is {together}. Correct the family."
        )
    return [p for some in rows for p in some]


def drawn_rows(spec: BuildSpec, split: str) -> Arrays:
    """Row numbers and parameters of a split, without making a row: columns of its file."""
    family, ids = families.load(spec.family), spec.row_ids(split)
    seeds = spec.row_seeds(split, ids)[:: family.rows_a_seed]
    of_seed = [streams(seed) for seed in seeds]
    parameters = drawn(family, spec.size, of_seed, shifted=split == OOD)[: len(ids)]
    return {
        "row_id": np.arange(ids.start, ids.stop, dtype=np.int64),
        "parameters": np.stack([family.flatten(p) for p in parameters]),
    }


def public_columns(rows: Arrays) -> Arrays:
    """The columns of a block that a data set holds, labels among them."""
    return {n: a for n, a in rows.items() if a.ndim and not n.startswith(CHECKED)}


def rebuild_rows(
    spec: BuildSpec,
    split: str,
    row_ids: Sequence[int],
    solver: str = "",
    texts: Mapping[str, str] | None = None,
    given: Given | None = None,
) -> Arrays:
    """The named rows, computed again; the same arrays as in the data set, row by row.

    `texts` are those of the data set, where the family has any, and `given` its parameters, where
    they came from a table: the rows follow from them.

    Raises:
        RequestError: their seed is not known here.
    """
    size = block_size(spec, split)
    wanted: dict[int, list[int]] = defaultdict(list)
    for row_id in row_ids:
        wanted[(row_id - FIRST_ROW[split]) // size].append(row_id)
    rebuilt: dict[int, Arrays] = {}
    for number in sorted(wanted):
        rows = public_columns(make_block(spec, RowBlock(split, number), solver, texts, given=given))
        first = int(rows["row_id"][0])
        for row_id in wanted[number]:
            rebuilt[row_id] = {name: a[row_id - first] for name, a in rows.items()}
    names = rebuilt[row_ids[0]]
    return {name: np.stack([rebuilt[row_id][name] for row_id in row_ids]) for name in names}
